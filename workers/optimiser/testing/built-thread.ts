/** A thread is built JavaScript; this builds one file of the planner, with what it imports, for a test. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export type BuiltThread = { readonly file: URL; readonly remove: () => Promise<void> }

/** esbuild's `build`, which only tests may know. */
export type Build = (options: {
  entryPoints: string[]
  bundle: true
  platform: 'node'
  format: 'esm'
  outfile: string
  logLevel: 'error'
}) => Promise<unknown>

export const builtThread = async (
  build: Build,
  source: 'threads/thread.ts' | 'testing/poisoned-thread.ts',
): Promise<BuiltThread> => {
  const folder = await mkdtemp(join(tmpdir(), 'callboard-thread-'))
  const outfile = join(folder, 'thread.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL(`../${source}`, import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  })
  return { file: pathToFileURL(outfile), remove: () => rm(folder, { recursive: true, force: true }) }
}
