/**
 * Brings node_modules and dist/ up to date and does nothing else (`npm run build`, the container image).
 */
import { ensureBuild, say } from './ensure-build.mjs'

try {
  await ensureBuild()
} catch (error) {
  say(error.message)
  process.exitCode = 1
}
