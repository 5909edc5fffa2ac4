/** Days as a person at a place means them. Small, for pages that need no calendar: the browser knows the zones. */
export type Day = { readonly from: number; readonly to: number }

/** Midnight to midnight in a zone, by asking what the local time is there: days of 23 and 25 hours come out right. */
export function dayAround(at: number, zone: string | undefined, days = 0): Day {
  const from = midnightOn(dateIn(at, zone), days, zone)
  return { from, to: midnightOn(dateIn(at, zone), days + 1, zone) }
}

const dateIn = (at: number, zone: string | undefined): string =>
  new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).format(at)

function midnightOn(date: string, days: number, zone: string | undefined): number {
  const utc = Date.parse(`${date}T00:00:00Z`) + days * 86_400_000
  // The offset at the guess may differ from that at midnight by a clock change: look twice.
  const first = utc - offsetAt(utc, zone)
  return utc - offsetAt(first, zone)
}

function offsetAt(at: number, zone: string | undefined): number {
  const parts = new Intl.DateTimeFormat('en-CA', {
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).formatToParts(at)
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '00'
  const local = Date.parse(
    `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}Z`,
  )
  return local - Math.floor(at / 1_000) * 1_000
}
