/** One version: a client that reads the documents, an operator who reads the package and a reader of the changelog see the same. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { defaultHttpConfig } from './deps.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const versionIn = (path: string): unknown => (JSON.parse(read(path)) as { version: unknown }).version

it('the package, its lock file and the documents carry the version on top of the changelog', () => {
  const newest = /^## (\S+)$/m.exec(read('CHANGELOG.md'))?.[1]
  expect(newest).toMatch(/^\d+\.\d+\.\d+$/)
  expect([versionIn('package.json'), versionIn('package-lock.json'), defaultHttpConfig.version]).toEqual([
    newest,
    newest,
    newest,
  ])
})
