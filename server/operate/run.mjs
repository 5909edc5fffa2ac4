/**
 * Runs a TypeScript file of this checkout: `node server/operate/run.mjs FILE.ts args…` (load tests and benches).
 * The build is brought up to date first, because what they measure is what `npm start` runs.
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuild, root, say } from './ensure-build.mjs'

const [file, ...args] = process.argv.slice(2)
if (file === undefined) {
  say('Usage: node server/operate/run.mjs FILE.ts [arguments]')
  process.exit(2)
}
try {
  await ensureBuild()
} catch (error) {
  say(`Callboard could not be built: ${error.message}`)
  process.exit(1)
}
const tsx = pathToFileURL(resolve(root, 'node_modules/tsx/dist/loader.mjs')).href
const child = spawn(process.execPath, ['--import', tsx, resolve(file), ...args], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
})
