/** Times and durations as the look writes them: 24 h, `h:mm`, countdowns `m:ss`, `h:mm:ss`, `2 d 3 h`; a true minus. */
const pad = (value: number): string => String(value).padStart(2, '0')

/** Making a formatter costs a hundred times what using it does, and frames use them. */
const formatters = new Map<string, Intl.DateTimeFormat>()
const KEPT_MAX = 60
function formatterOf(
  locale: string,
  zone: string | undefined,
  name: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale} ${zone} ${name}`
  let known = formatters.get(key)
  if (!known) {
    if (formatters.size >= KEPT_MAX) formatters.clear()
    known = new Intl.DateTimeFormat(locale, { ...options, ...(zone === undefined ? {} : { timeZone: zone }) })
    formatters.set(key, known)
  }
  return known
}

const minutes = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
const seconds = { ...minutes, second: '2-digit' } as const
const day = { weekday: 'short', day: 'numeric', month: 'short' } as const

export function clockTime(at: number, zone: string | undefined, withSeconds = false): string {
  const options = withSeconds ? seconds : minutes
  return formatterOf('en-GB', zone, withSeconds ? 'seconds' : 'minutes', options).format(at)
}

export function dayName(at: number, language: string, zone: string | undefined): string {
  return formatterOf(language === 'fr' ? 'fr-FR' : 'en-GB', zone, 'day', day).format(at)
}

/** `h:mm` of a length in minutes, days and hours from two days on. */
export function duration(minutes: number): string {
  const whole = Math.round(Math.abs(minutes))
  const sign = minutes < 0 ? '−' : ''
  // Two days and more are read as days: nobody takes in 333:22.
  if (whole >= 2 * 1_440) return `${sign}${Math.floor(whole / 1_440)} d ${Math.floor((whole % 1_440) / 60)} h`
  return `${sign}${Math.floor(whole / 60)}:${pad(whole % 60)}`
}

/** What is left until an instant, or with a plus how long ago it was. */
export function countdown(ms: number): string {
  const late = ms < 0
  const seconds = Math.floor(Math.abs(ms) / 1000)
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor(seconds / 3_600)
  const minutes = Math.floor(seconds / 60)
  const text =
    days >= 1
      ? `${days} d ${hours % 24} h`
      : hours >= 1
        ? `${hours}:${pad(minutes % 60)}:${pad(seconds % 60)}`
        : `${minutes}:${pad(seconds % 60)}`
  return late ? `+${text}` : text
}
