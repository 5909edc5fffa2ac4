#!/usr/bin/env node
/**
 * The `callboard` command: makes the checkout runnable, then runs the command named first.
 * Zero dependencies, since on a bare clone there are none yet.
 */
import { ensureBuild, say } from './ensure-build.mjs'

try {
  await ensureBuild()
} catch (error) {
  say(`Callboard could not be built: ${error.message}`)
  process.exit(1)
}
const { run } = await import('../../dist/server/operate/cli.js')
process.exitCode = await run(process.argv.slice(2))
