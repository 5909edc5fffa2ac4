/**
 * What `npm start` runs: makes the checkout runnable, then hands over to the launcher.
 * Zero dependencies, since on a bare clone there are none yet.
 */
import { ensureBuild, say } from './ensure-build.mjs'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  say(`Callboard needs Node 20.19 or later; this is ${process.version}.`)
  process.exit(1)
}

try {
  await ensureBuild()
} catch (error) {
  say(`Callboard could not be built: ${error.message}`)
  process.exit(1)
}
const { launch } = await import('../../dist/server/operate/launch.js')
await launch(process.argv.slice(2))
