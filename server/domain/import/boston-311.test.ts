import { describe, expect, it } from 'vitest'
import type { Calendar } from '../calendar/calendar.ts'
import { addOpenDays, alignStart } from '../calendar/open-time.ts'
import { bostonZone, layoutOf, readRow } from './boston-311.ts'
import { localReader } from './city-time.ts'
import { readRules, ruleBook, ruleTerms } from './rules-311.ts'

const header2011 =
  'case_enquiry_id,open_dt,target_dt,closed_dt,ontime,case_status,closure_reason,case_title,subject,reason,type,queue,department,submittedphoto,closedphoto,location,fire_district,pwd_district,city_council_district,police_district,neighborhood,neighborhood_services_district,ward,precinct,location_street_name,location_zipcode,latitude,longitude,source'.split(
    ',',
  )
const header2026 =
  '_id,case_id,open_date,case_topic,service_name,assigned_department,assigned_team,case_status,closure_reason,closure_comments,close_date,target_close_date,on_time,report_source,full_address,street_number,street_name,zip_code,neighborhood,public_works_district,city_council_district,fire_district,police_district,ward,precinct,longitude,latitude'.split(
    ',',
  )

const rulesText = [
  'type,rows_with_target,inferred_kind,inferred_n_days,rows_matched_within_90s,match_share',
  'Fallen Lamp Post,20,business_days,1,20,1.0',
  'Rat in the Yard,20,calendar_days,30,20,1.0',
].join('\n')

function setUp(header: string[], rules = rulesText) {
  const layout = layoutOf(header)
  const read = readRules(rules)
  if (!layout || 'error' in read) throw new Error('the fixture is wrong')
  const book = ruleBook(read.rules)
  const readLocal = localReader(bostonZone)
  return (cells: Record<string, string>) =>
    readRow(
      header.map((name) => cells[name] ?? ''),
      { layout, book, readLocal },
    )
}

const row = (read: ReturnType<typeof readRow>) => {
  if ('refused' in read) throw new Error(`refused: ${read.refused}`)
  return read.row
}

describe('a row of the 2011 layout', () => {
  const read = setUp(header2011)
  const plain = {
    case_enquiry_id: '101',
    open_dt: '2011-08-26 17:30:00',
    type: 'Fallen Lamp Post',
    department: 'PWDx',
  }

  it('is read in the wall time of the city', () => {
    expect(new Date(row(read(plain)).openedAt).toISOString()).toBe('2011-08-26T21:30:00.000Z')
  })

  it('takes the first pass of the hour that exists twice', () => {
    const doubled = row(read({ ...plain, open_dt: '2011-11-06 01:30:00' }))
    expect(new Date(doubled.openedAt).toISOString()).toBe('2011-11-06T05:30:00.000Z')
  })

  it('has no place at the default point, and none in another city', () => {
    expect(
      row(read({ ...plain, latitude: '42.3594', longitude: '-71.0587', location: ' ' })).place,
    ).toBeNull()
    expect(row(read({ ...plain, latitude: '38.90', longitude: '-76.99' })).place).toBeNull()
    expect(row(read({ ...plain, latitude: '42.30', longitude: '-71.10' })).place).toEqual({
      lat: 42.3,
      lon: -71.1,
    })
  })

  it('is an order without a clock when its type has no rule', () => {
    expect(row(read({ ...plain, type: 'Something Else' })).rule).toBeNull()
  })

  it('finds its rule although the publisher doubled the spaces', () => {
    expect(row(read({ ...plain, type: 'Fallen  Lamp Post ' })).rule?.n).toBe(1)
  })

  it('is refused without an opening time, with an unreadable one, or with a column too few', () => {
    expect(read({ ...plain, open_dt: '' })).toEqual({ refused: 'no opening time' })
    expect(read({ ...plain, open_dt: '2011-02-30 10:00:00' })).toEqual({
      refused: 'the opening time 2011-02-30 10:00:00 cannot be read',
    })
    const { layout, book, readLocal } = {
      layout: layoutOf(header2011),
      book: ruleBook([]),
      readLocal: localReader(bostonZone),
    }
    if (!layout) throw new Error('the fixture is wrong')
    expect(readRow(['1'], { layout, book, readLocal })).toEqual({ refused: '29 columns expected, 1 found' })
  })

  it('loses control characters, which no database text can hold', () => {
    expect(row(read({ ...plain, case_title: 'Lamp\u0000 post\u0007' })).description).toBe('Lamp post')
  })
})

describe('a row of the 2026 layout', () => {
  const rules = [
    'system,case_topic,rows_with_target,inferred_kind,inferred_n,rows_matched_within_90s,match_share,first_open_date,last_open_date',
    'new,Street Light Outage,9,elapsed_hours,72,9,1.0,2025-10-22,2026-04-02',
    'new,Street Light Outage,9,elapsed_hours,336,9,1.0,2026-02-25,2026-07-26',
    'legacy,Street Light Outage,9,business_days,10,9,1.0,,',
  ].join('\n')
  const read = setUp(header2026, rules)
  const plain = {
    case_id: 'BCS-1',
    open_date: '2026-03-07 10:00:00.5+00',
    case_topic: 'Street Light Outage',
    assigned_department: 'Lights',
  }

  it('ignores the offset that the loader wrote behind wall time', () => {
    expect(new Date(row(read(plain)).openedAt).toISOString()).toBe('2026-03-07T15:00:00.500Z')
  })

  it('keeps the old policy until its own last day, then takes the new one', () => {
    expect(row(read(plain)).rule?.n).toBe(72)
    expect(row(read({ ...plain, open_date: '2026-04-03 10:00:00+00' })).rule?.n).toBe(336)
    expect(row(read({ ...plain, open_date: '2027-01-01 10:00:00+00' })).rule?.n).toBe(336)
  })

  it('tells the two systems apart by the form of the case number', () => {
    expect(row(read({ ...plain, case_id: '101006729539' })).rule?.kind).toBe('business_days')
  })

  it('gives zip codes their leading zero back', () => {
    expect(row(read({ ...plain, zip_code: '2125' })).address.zip).toBe('02125')
  })
})

describe('deadlines of the rules', () => {
  const hours = [{ from: '08:30', to: '17:00' }]
  const office: Calendar = {
    id: 'office',
    timeZone: bostonZone,
    week: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: [], sun: [] },
    exceptions: [],
    standardWorkDayHours: 8,
  }
  const due = (openedAt: string, alignment: 'after-hours' | 'open') => {
    const rule = {
      system: null,
      type: 'x',
      kind: 'business_days',
      n: 1,
      firstDate: null,
      lastDate: null,
    } as const
    const terms = ruleTerms(rule, alignment)
    const at = localReader(bostonZone)(openedAt) ?? Number.NaN
    return new Date(
      addOpenDays(office, alignStart(office, at, terms.startAlignment), terms.limit.days),
    ).toISOString()
  }

  it('keeps an early morning in 2011 and opens the office for it in 2026', () => {
    expect(due('2011-08-25 07:00:00', 'after-hours')).toBe('2011-08-26T11:00:00.000Z')
    expect(due('2026-08-06 07:00:00', 'open')).toBe('2026-08-07T12:30:00.000Z')
  })

  it('moves a weekend to Monday at the same time, and an evening to the next opening', () => {
    expect(due('2011-08-27 11:00:00', 'after-hours')).toBe('2011-08-30T15:00:00.000Z')
    expect(due('2011-08-26 18:00:00', 'after-hours')).toBe('2011-08-30T12:30:00.000Z')
    expect(due('2026-08-08 11:00:00', 'open')).toBe('2026-08-11T12:30:00.000Z')
  })
})
