import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { importView, startImport } from '../../server/application/start-import.ts'
import type { ImportView } from '../../server/contract/imports.ts'
import { type Bench, boardId, company, openBench } from '../test-bench.ts'
import { importFile } from './import-file.ts'

let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())
beforeEach(async () => {
  await bench.sql('DELETE FROM service_order')
  await bench.sql('DELETE FROM import')
  await bench.sql('DELETE FROM outbox')
})

const header =
  'case_enquiry_id,open_dt,target_dt,closed_dt,ontime,case_status,closure_reason,case_title,subject,reason,type,queue,department,submittedphoto,closedphoto,location,fire_district,pwd_district,city_council_district,police_district,neighborhood,neighborhood_services_district,ward,precinct,location_street_name,location_zipcode,latitude,longitude,source'
const columns = header.split(',')
const line = (cells: Record<string, string>): string => columns.map((name) => cells[name] ?? '').join(',')
const rules = 'type,inferred_kind,inferred_n_days\nFallen Tree,business_days,1\nLoud Goose,calendar_days,30\n'

const rowsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, i) =>
    line({
      case_enquiry_id: `case-${i}`,
      open_dt: '2011-08-26 17:30:00',
      type: i % 2 === 0 ? 'Fallen Tree' : 'Something Else',
      subject: 'Parks Department',
      department: 'PARK',
      neighborhood: 'Northmoor',
      latitude: '42.3',
      longitude: '-71.1',
    }),
  )

const start = (rows: readonly string[], closed: 'history' | 'as-open' = 'as-open'): Promise<ImportView> =>
  bench.act((tx) =>
    startImport(tx, {
      kind: '311',
      boardId,
      fileName: 'rows.csv',
      file: Buffer.from([header, ...rows].join('\n')),
      rules: Buffer.from(rules),
      options: { closed },
    }),
  )

const view = async (id: string): Promise<ImportView> => {
  const found = await bench.commands.read(company, (tx) => importView(tx, id))
  if (!found) throw new Error(`no import ${id}`)
  return found
}

const carryOut = (id: string, parts = bench.importParts) => importFile({ company, import: id }, parts)
const orderCount = async (): Promise<number> =>
  (await bench.sql<{ n: number }>('SELECT count(*)::integer AS n FROM service_order'))[0]?.n ?? -1

describe('an import', () => {
  it('accounts for every row, with line and reason of those it cannot use', async () => {
    const rows = rowsOf(4)
    rows.splice(1, 0, line({ case_enquiry_id: 'no-time', type: 'Fallen Tree' }), '"torn')
    const { id } = await start(rows)
    expect(await carryOut(id)).toBe('done')
    const end = await view(id)
    expect(end).toMatchObject({ status: 'done', read: 6, created: 4, unchanged: 0, refused: 2 })
    expect(end.refusals).toEqual([
      { line: 3, reason: 'no opening time' },
      { line: 4, reason: 'a quoted field is not closed' },
    ])
    expect(end.read).toBe(end.created + end.unchanged + end.refused)
  })

  it('makes the order, its clock and its activity as the row says', async () => {
    const { id } = await start(rowsOf(2))
    await carryOut(id)
    const [ruled, plain] = await bench.sql(
      `SELECT o.external_id, o.sla_status, o.due_at, o.created_at, c.name AS customer, g.description AS department,
              t.code AS team, k.description AS kind, a.required_skills, a.place, a.state
         FROM service_order o JOIN activity a ON a.order_id = o.id JOIN customer c ON c.id = o.customer_id
         JOIN team t ON t.id = a.team_id JOIN activity_type k ON k.id = a.type_id
         LEFT JOIN agreement m ON m.id = o.agreement_id LEFT JOIN agreement_group g ON g.id = m.group_id
        ORDER BY o.external_id`,
    )
    // Half past five is after hours: Monday's opening, then one business day.
    expect(ruled).toMatchObject({
      external_id: 'case-0',
      sla_status: 'started',
      due_at: new Date('2011-08-30T12:30:00Z'),
      created_at: new Date('2011-08-26T21:30:00Z'),
      customer: 'Residents of Northmoor',
      department: 'Parks Department',
      team: 'PARK',
      kind: 'Fallen Tree',
      required_skills: [{ skill: 'trees', level: 1 }],
      place: { lat: 42.3, lon: -71.1 },
      state: 'undispatched',
    })
    expect(plain).toMatchObject({ external_id: 'case-1', sla_status: 'none', due_at: null, department: null })
  })

  it('adds nothing when the same file comes again', async () => {
    const rows = rowsOf(120)
    await carryOut((await start(rows)).id)
    const second = await start(rows)
    await carryOut(second.id)
    expect(await view(second.id)).toMatchObject({ status: 'done', read: 120, created: 0, unchanged: 120 })
    expect(await orderCount()).toBe(120)
  })

  it('goes on where a killed worker stopped, without a double', async () => {
    const { id } = await start(rowsOf(350))
    let chunks = 0
    // The worker dies after its second chunk: it neither gives back nor finishes.
    const dying = {
      ...bench.importParts,
      bringIn: async (...args: Parameters<typeof bench.importParts.bringIn>) => {
        if (++chunks > 2) throw new Error('killed')
        return bench.importParts.bringIn(...args)
      },
      imports: { ...bench.imports, giveBack: async () => true },
    }
    expect(await carryOut(id, dying)).toBe('again')
    expect(await view(id)).toMatchObject({ status: 'running', read: 200, created: 200 })
    expect(await carryOut(id)).toBe('nothing-to-do')
    await bench.sql("UPDATE import SET lease_until = now() - interval '1 second' WHERE id = $1", [id])
    expect(await carryOut(id)).toBe('done')
    expect(await view(id)).toMatchObject({
      status: 'done',
      read: 350,
      created: 350,
      unchanged: 0,
      refused: 0,
    })
    expect(await orderCount()).toBe(350)
  })

  it('refuses the chunk of a worker whose lease went to another', async () => {
    const { id } = await start(rowsOf(10))
    const late = {
      ...bench.importParts,
      bringIn: async (...args: Parameters<typeof bench.importParts.bringIn>) => {
        await bench.sql("UPDATE import SET lease_until = now() - interval '1 second' WHERE id = $1", [id])
        expect(await carryOut(id)).toBe('done')
        return bench.importParts.bringIn(...args)
      },
    }
    expect(await carryOut(id, late)).toBe('again')
    expect(await orderCount()).toBe(10)
    expect(await view(id)).toMatchObject({ status: 'done', read: 10, created: 10 })
  })

  it('keeps history: what the file calls closed is closed at its own time, with a stopped clock', async () => {
    const closed = rowsOf(1).map((row) => {
      const cells = row.split(',')
      cells[columns.indexOf('closed_dt')] = '2011-08-29 10:00:00'
      return cells.join(',')
    })
    await carryOut((await start(closed, 'history')).id)
    const [row] = await bench.sql(
      `SELECT o.sla_status, o.sla_kept, o.sla_ended_at, a.state, a.closed_at, a.closed_cause
         FROM service_order o JOIN activity a ON a.order_id = o.id`,
    )
    expect(row).toMatchObject({
      sla_status: 'stopped',
      sla_kept: true,
      sla_ended_at: new Date('2011-08-29T14:00:00Z'),
      state: 'closed',
      closed_at: new Date('2011-08-29T14:00:00Z'),
      closed_cause: 'importClosed',
    })
  })

  it('refuses a file that no layout fits, and a damaged archive', async () => {
    const bad = (file: Buffer) =>
      bench.act((tx) => startImport(tx, { kind: '311', boardId, fileName: 'x', file, rules: null }))
    await expect(bad(Buffer.from('a,b\n1,2'))).rejects.toThrow('IMPORT_BAD_FILE')
    await expect(bad(Buffer.from([0x1f, 0x8b, 1, 2, 3]))).rejects.toThrow('IMPORT_BAD_FILE')
  })
})
