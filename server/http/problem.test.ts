import { expect, it } from 'vitest'
import { languageOf, problemOf, statusOf, writeRefusal } from './problem.ts'
import { problems } from './problem-table.ts'

const about = { language: 'en', instance: 'request-1' } as const

it('has a title in both languages for every code, and statuses a document lists', () => {
  for (const [code, { status, en, fr }] of Object.entries(problems)) {
    expect(en.title.length, code).toBeGreaterThan(5)
    expect(fr.title.length, code).toBeGreaterThan(5)
    expect(fr.title, code).not.toBe(en.title)
    expect([400, 401, 403, 404, 405, 408, 409, 412, 413, 414, 415, 422, 428, 429, 431, 500, 503]).toContain(
      status,
    )
  }
  expect(statusOf('VERSION_CONFLICT')).toBe(412)
})

it('writes a sentence from the facts of a refusal', () => {
  expect(problemOf('VERSION_CONFLICT', { changedBy: { name: 'Ann' } }, about).detail).toMatch(/^Ann changed/)
  expect(problemOf('VERSION_CONFLICT', {}, { ...about, language: 'fr' }).detail).toMatch(/plus récente/)
  expect(problemOf('DUPLICATE', { field: 'code' }, about)).toEqual({
    type: '/problems/duplicate',
    title: 'That exists already',
    status: 409,
    detail: 'Another record has the same code.',
    instance: 'request-1',
    code: 'DUPLICATE',
    details: { field: 'code' },
  })
})

it('lists the wrong fields of a validation, however the use case named them', () => {
  const request = {
    caller: {} as never,
    key: 'k',
    requestHash: new Uint8Array(),
    language: 'fr',
    requestId: 'r',
  } as const
  const one = writeRefusal(
    { refusal: { code: 'VALIDATION', details: { field: 'to', rule: 'after from' } } },
    request,
  )
  expect(JSON.parse(one.body)).toMatchObject({
    title: 'Certaines données sont inutilisables',
    details: [{ field: 'to', expected: 'after from' }],
  })
  const many = writeRefusal(
    { refusal: { code: 'VALIDATION', details: { fields: [{ field: 'a', expected: 'b' }] } } },
    request,
  )
  expect(JSON.parse(many.body)).toMatchObject({ detail: 'a: b', details: [{ field: 'a', expected: 'b' }] })
})

it.each([
  [undefined, 'en'],
  ['fr', 'fr'],
  ['fr-CA,fr;q=0.8,en;q=0.3', 'fr'],
  ['en-GB,en;q=0.9,fr;q=0.8', 'en'],
  ['de,fr;q=0.5', 'fr'],
  ['en;q=0,fr;q=0.1', 'fr'],
  ['*', 'en'],
  ['fr;q=banana', 'en'],
  [`fr${','.repeat(600)}`, 'en'],
] as const)('%s is answered in %s', (header, language) => {
  expect(languageOf(header)).toBe(language)
})
