/**
 * What `npm test` runs: everything, with all its own set-up, and one plain line at the end: `N passed, N failed`.
 *
 * Types, lint and build count as one check each, since a red one must not hide behind green tests. A skipped test
 * counts as failed: what is not run is not known. The first failure does not end the run; the exit code tells.
 */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuild, ensurePackages, root, runCommand, say } from './ensure-build.mjs'

const minutes = 60_000
const counted = { passed: 0, failed: 0 }

try {
  await ensurePackages()
  for (const project of ['tsconfig.json', 'dispatch-ui/tsconfig.json', 'load-tests/tsconfig.json']) {
    await check(`types (${project})`, () => tool('typescript/bin/tsc', '-p', project))
  }
  await check('lint', () => tool('@biomejs/biome/bin/biome', 'check', '--diagnostic-level=error', '.'))
  await check('build', async () => {
    await ensureBuild()
    return 0
  })
  await check('programs', installPrograms)
  await runTests()
} catch (error) {
  counted.failed += 1
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
}
process.stdout.write(`${counted.passed} passed, ${counted.failed} failed\n`)
process.exitCode = counted.failed === 0 ? 0 : 1

/** @param {string} name @param {() => Promise<number>} work */
async function check(name, work) {
  say(`— ${name}`)
  const startedAt = performance.now()
  let code = 1
  try {
    code = await work()
  } catch (error) {
    say(error.message)
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  say(code === 0 ? `  ${name}: passed (${seconds} s)` : `  ${name}: FAILED (${seconds} s)`)
  counted[code === 0 ? 'passed' : 'failed'] += 1
}

/** @param {string} file @param {string[]} args */
function tool(file, ...args) {
  return runCommand(process.execPath, [join(root, 'node_modules', file), ...args], { timeoutMs: 5 * minutes })
}

/** Redis for the services, Chromium for the screens: from the system's packages where we may install them. */
async function installPrograms() {
  const { chromium, ensureProgram, redisServer } = await import('../../dist/server/operate/system-package.js')
  for (const wanted of [redisServer, chromium]) await ensureProgram(wanted, say)
  return 0
}

async function runTests() {
  say('— tests')
  const file = join(root, '.callboard', `test-results-${process.pid}.json`)
  try {
    const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const code = await runCommand(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
      timeoutMs: 40 * minutes,
    })
    const results = readResults(file)
    counted.passed += results.passed
    counted.failed += results.failed
    // Vitest also fails for what belongs to no test, such as an error after the last one.
    if (code !== 0 && results.failed === 0) counted.failed += 1
  } finally {
    rmSync(file, { force: true })
  }
}

/** @param {string} file */
function readResults(file) {
  const { testResults, numPassedTests, numTotalTests } = JSON.parse(readFileSync(file, 'utf8'))
  const notPassed = numTotalTests - numPassedTests
  // A file that could not be loaded has no tests of its own to fail.
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  return { passed: numPassedTests, failed: notPassed + broken.length }
}
