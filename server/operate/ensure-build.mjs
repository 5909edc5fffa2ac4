/**
 * Makes a checkout runnable: node_modules as package-lock.json says, dist/ as the sources say.
 *
 * Plain JavaScript without a dependency, because it runs before there is any. Staleness is judged by content, not by
 * time, since a fresh clone gives every file the same age. Building here only translates; types are checked by
 * `npm run types` and `npm test`, so that a start is quick.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const dist = join(root, 'dist')
/** What dist/ needs beside the translated code. */
const assets = /\.(lua|sql|json|csv)$/
const lockWaitMs = 5 * 60_000

/** @param {string} text */
export const say = (text) => process.stderr.write(`${text}\n`)

/**
 * Runs a command with its output on standard error: standard output belongs to the `--json` line.
 * @param {string} command @param {readonly string[]} args @param {{timeoutMs: number}} limits
 * @returns {Promise<number>} the exit code; 124 when it took too long
 */
export function runCommand(command, args, { timeoutMs }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, timeoutMs)
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('exit', (code) => {
      clearTimeout(timer)
      resolve(late ? 124 : (code ?? 1))
    })
  })
}

/** Installs the packages when they are missing or older than the lock file. */
export async function ensurePackages() {
  if (packagesAreCurrent()) return
  await underLock(async () => {
    if (packagesAreCurrent()) return
    say('Installing packages (once) …')
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    const code = await runCommand(npm, ['ci', '--no-audit', '--no-fund'], { timeoutMs: 10 * 60_000 })
    if (code !== 0) throw new Error(`npm ci ended with ${code}; what it said is above.`)
  })
}

/** Translates server and workers, and bundles the screens, when their sources changed since the last time. */
export async function ensureBuild() {
  await ensurePackages()
  if (codeIsCurrent() && screensAreCurrent()) return
  await underLock(async () => {
    if (!codeIsCurrent()) await buildCode()
    if (!screensAreCurrent()) await buildScreens()
  })
}

function packagesAreCurrent() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const lock = join(root, 'package-lock.json')
  if (statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return true
  // A checkout that touched the lock file without changing it needs no new install: compare what each names.
  return installedVersions(installed) === installedVersions(lock)
}

/** @param {string} file */
function installedVersions(file) {
  const { packages } = JSON.parse(readFileSync(file, 'utf8'))
  return Object.entries(packages)
    .filter(([path, entry]) => path !== '' && !entry.optional && !entry.peer)
    .map(([path, entry]) => `${path} ${entry.version}`)
    .sort()
    .join('\n')
}

const codeMark = join(dist, '.code')
const screensMark = join(dist, '.screens')
const codeSources = ['server', 'workers', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json']
// The screens share the rules, the contract and nothing else with the server.
const screenSources = ['dispatch-ui', 'server/domain', 'server/contract', 'package-lock.json']

const codeIsCurrent = () => markMatches(codeMark, codeSources)
const screensAreCurrent = () => !hasScreens() || markMatches(screensMark, screenSources)
const hasScreens = () => existsSync(join(root, 'dispatch-ui', 'index.html'))

/** @param {string} mark @param {readonly string[]} sources */
function markMatches(mark, sources) {
  return existsSync(mark) && readFileSync(mark, 'utf8') === fingerprint(sources)
}

async function buildCode() {
  say('Building server and workers …')
  const print = fingerprint(codeSources)
  // Built aside and moved into place, so that a process already running never loads half a build.
  const aside = join(dist, `.building-${process.pid}`)
  rmSync(aside, { recursive: true, force: true })
  mkdirSync(aside, { recursive: true })
  try {
    const code = await runCommand(
      process.execPath,
      [binOf('typescript', 'tsc'), '-p', 'tsconfig.build.json', '--noCheck', '--outDir', aside],
      { timeoutMs: 3 * 60_000 },
    )
    if (code !== 0) throw new Error(`The compiler ended with ${code}; what it said is above.`)
    for (const part of ['server', 'workers']) {
      for (const file of filesUnder(join(root, part))) {
        if (!assets.test(file) || /tsconfig.*\.json$/.test(file)) continue
        const target = join(aside, relative(root, file))
        mkdirSync(dirname(target), { recursive: true })
        cpSync(file, target)
      }
      rmSync(join(dist, part), { recursive: true, force: true })
      if (existsSync(join(aside, part))) renameSync(join(aside, part), join(dist, part))
    }
    writeFileSync(codeMark, print)
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

async function buildScreens() {
  say('Building the screens …')
  const print = fingerprint(screenSources)
  const code = await runCommand(
    process.execPath,
    [binOf('vite', 'vite'), 'build', 'dispatch-ui', '--logLevel', 'warn'],
    { timeoutMs: 3 * 60_000 },
  )
  if (code !== 0) throw new Error(`Bundling the screens ended with ${code}; what it said is above.`)
  writeFileSync(screensMark, print)
}

/** @param {string} name @param {string} command */
function binOf(name, command) {
  const folder = join(root, 'node_modules', name)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[command])
}

/** @param {readonly string[]} sources */
function fingerprint(sources) {
  const hash = createHash('sha256').update(process.version)
  for (const source of sources) {
    const path = join(root, source)
    if (!existsSync(path)) continue
    for (const file of statSync(path).isDirectory() ? filesUnder(path) : [path]) {
      hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file))
    }
  }
  return hash.digest('hex')
}

/** Sources only: a test does not end up in dist/, so changing one does not make dist/ stale. @param {string} folder @returns {string[]} */
function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesUnder(path)
      return entry.isFile() && !entry.name.endsWith('.test.ts') ? [path] : []
    })
}

/** Two starts at once take turns; a lock left by a process that died is taken over. @param {() => Promise<void>} work */
async function underLock(work) {
  const lock = join(root, '.callboard', 'build.lock')
  mkdirSync(dirname(lock), { recursive: true })
  const until = performance.now() + lockWaitMs
  while (!takeLock(lock)) {
    if (performance.now() > until)
      throw new Error(`Another start has been building for too long; remove ${lock} if none is.`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  try {
    await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** @param {string} lock */
function takeLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (!isAlive(Number(readOrEmpty(lock)))) rmSync(lock, { force: true })
    return false
  }
}

/** @param {string} file */
function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return String(process.pid)
    throw error
  }
}

/** @param {number} pid */
function isAlive(pid) {
  // The holder writes its pid right after making the file: an empty one is a holder that is about to.
  if (!(pid > 0)) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
