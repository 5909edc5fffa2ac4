/** What `format` means in our schemas; stricter than the usual reading, because every value goes on into the store. */

const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(Z|[+-](\d{2}):(\d{2}))$/
const YEARS = { from: 1900, to: 2400 }

const realDate = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day))
  return (
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= YEARS.from && year <= YEARS.to
  )
}

export function isInstant(text: string): boolean {
  const match = INSTANT.exec(text)
  if (!match) return false
  const [, year, month, day, hour, minute, second, , , offsetHour = '0', offsetMinute = '0'] = match
  return (
    realDate(Number(year), Number(month), Number(day)) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60 &&
    Number(offsetHour) < 15 &&
    Number(offsetMinute) < 60
  )
}

export function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  return match !== null && realDate(Number(match[1]), Number(match[2]), Number(match[3]))
}

const zones = new Map<string, boolean>()
export function isTimeZone(text: string): boolean {
  // Offsets such as +02:00 are not zones: they know nothing of clock changes.
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,59}$/.test(text)) return false
  let known = zones.get(text)
  if (known === undefined) {
    try {
      new Intl.DateTimeFormat('en', { timeZone: text })
      known = true
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      known = false
    }
    if (zones.size < 5_000) zones.set(text, known)
  }
  return known
}
