import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey, startTestApp, type TestApp } from '../operate/test-app.ts'
import { csvCell } from './imports.ts'

let t: TestApp
let token: string
beforeAll(async () => {
  t = await startTestApp()
  token = await t.tokenOf('dispatcher')
})
afterAll(() => t.stop())

type Part = { name: string; value: string; file?: string }
const form = (parts: readonly Part[]): { headers: Record<string, string>; payload: Buffer } => {
  const boundary = 'callboardtest'
  const text = parts
    .map(
      ({ name, value, file }) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file === undefined ? '' : `; filename="${file}"`}\r\n` +
        `${file === undefined ? '' : 'Content-Type: text/csv\r\n'}\r\n${value}\r\n`,
    )
    .join('')
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.from(`${text}--${boundary}--\r\n`),
  }
}
const send = (parts: readonly Part[], key = newKey()) => {
  const { headers, payload } = form(parts)
  return t.ask({ method: 'POST', url: '/api/v1/imports', token, key, headers, body: payload })
}
const header =
  'case_enquiry_id,open_dt,target_dt,closed_dt,ontime,case_status,closure_reason,case_title,subject,reason,type,queue,department,submittedphoto,closedphoto,location,fire_district,pwd_district,city_council_district,police_district,neighborhood,neighborhood_services_district,ward,precinct,location_street_name,location_zipcode,latitude,longitude,source'
const file: Part = { name: 'file', file: 'day.csv', value: `${header}\r\n` }
const kind: Part = { name: 'kind', value: '311' }

describe('an import', () => {
  it('is taken in once however often it is sent, and can be watched', async () => {
    const key = newKey()
    const first = await send([kind, file], key)
    expect(first.statusCode, first.body).toBe(202)
    const again = await send([kind, file], key)
    expect(again.body).toBe(first.body)
    expect(again.headers['idempotent-replay']).toBe('true')
    const other = await send([kind, { ...file, value: `${header}\r\n1\r\n` }], key)
    expect(other.json()).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' })
    const { id } = first.json<{ id: string }>()
    const seen = await t.ask({ url: `/api/v1/imports/${id}`, token })
    expect(seen.json()).toMatchObject({ id, kind: '311', fileName: 'day.csv', read: 0, refused: 0 })
    const rows = await t.asOwner("SELECT kind FROM outbox WHERE kind = 'import'")
    expect(rows).toHaveLength(1)
  })

  it.each<[string, Part[], number]>([
    ['no file', [kind], 422],
    ['no kind', [file], 422],
    ['an unknown kind', [{ name: 'kind', value: 'xyz' }, file], 422],
    ['an unknown member', [kind, file, { name: 'colour', value: 'red' }], 422],
    ['two files of one name', [kind, file, file], 422],
    ['a board of another company', [kind, file, { name: 'board', value: 'nd-board' }], 404],
    ['a file that is no export', [kind, { ...file, value: 'hello' }], 422],
    ['NUL in a field', [{ name: 'kind', value: '3\u00001' }, file], 422],
    ['a field that is too long', [kind, file, { name: 'board', value: 'x'.repeat(5000) }], 422],
    [
      'too many parts',
      [kind, file, ...Array.from({ length: 20 }, (_, i) => ({ name: `f${i}`, value: '1' }))],
      413,
    ],
  ])('with %s is refused', async (_what, parts, status) => {
    const answer = await send(parts)
    expect(answer.statusCode, answer.body).toBe(status)
  })

  it('that is no form is refused', async () => {
    const answer = await t.ask({ method: 'POST', url: '/api/v1/imports', token, body: { kind: '311' } })
    expect(answer.statusCode).toBe(415)
  })

  it.each(['multipart/form-data', 'multipart/form-data; boundary=other', 'multipart/form-data; boundary='])(
    'whose form cannot be taken apart is refused: %s',
    async (type) => {
      const { payload } = form([kind, file])
      const headers = { 'content-type': type }
      const answer = await t.ask({ method: 'POST', url: '/api/v1/imports', token, headers, body: payload })
      expect([400, 422]).toContain(answer.statusCode)
    },
  )

  it('lists what it refused as a table that no spreadsheet runs', async () => {
    const { id } = (await send([kind, file])).json<{ id: string }>()
    await t.asOwner(
      `INSERT INTO import_refusal (company_id, import_id, line, reason)
       SELECT company_id, id, n, CASE n WHEN 2 THEN '=HYPERLINK("http://evil")' ELSE 'line ' || n END
       FROM import, generate_series(2, 4500) n WHERE id = $1`,
      [id],
    )
    const answer = await t.ask({ url: `/api/v1/imports/${id}/refusals.csv`, token })
    expect(answer.headers['content-type']).toMatch('text/csv')
    const lines = answer.body.trimEnd().split('\r\n')
    expect(lines).toHaveLength(4500)
    expect(lines[1]).toBe('2,"\'=HYPERLINK(""http://evil"")"')
    const shown = await t.ask({ url: `/api/v1/imports/${id}`, token })
    expect(shown.json<{ refusals: unknown[] }>().refusals).toHaveLength(1000)
  })
})

it('cells keep their meaning and lose their danger', () => {
  expect(['a', 'a,b', '=1', '+1', '-1', '@x', '\t=1', 'say "hi"', 'two\nlines'].map(csvCell)).toEqual([
    'a',
    '"a,b"',
    "'=1",
    "'+1",
    "'-1",
    "'@x",
    "'\t=1",
    '"say ""hi"""',
    '"two\nlines"',
  ])
})
