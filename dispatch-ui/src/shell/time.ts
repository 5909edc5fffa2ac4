/** Times and durations as the look writes them: 24 h, `h:mm`, countdowns `m:ss`, `h:mm:ss`, `2 d 3 h`; a true minus. */
const pad = (value: number): string => String(value).padStart(2, '0')

export function clockTime(at: number, zone: string | undefined, withSeconds = false): string {
  return new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).format(at)
}

export function dayName(at: number, language: string, zone: string | undefined): string {
  return new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).format(at)
}

/** `h:mm` of a length in minutes. */
export function duration(minutes: number): string {
  const whole = Math.round(Math.abs(minutes))
  return `${minutes < 0 ? '−' : ''}${Math.floor(whole / 60)}:${pad(whole % 60)}`
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
