/**
 * Every word a person reads, in English and French. Another language is one more file of the same keys.
 *
 * `{name}` marks a place to fill. A missing French text shows the English one, and a test sees that none is missing.
 */
import { boardText } from './text-board.ts'
import { dangerText } from './text-danger.ts'
import { technicianText } from './text-technician.ts'
import { wallText } from './text-wall.ts'

export const catalogue = { ...boardText, ...dangerText, ...technicianText, ...wallText }
export type TextKey = keyof typeof catalogue
export type Language = 'en' | 'fr'

let language: Language = 'en'

export function useLanguage(wanted: string | undefined): Language {
  language = (wanted ?? '').toLowerCase().startsWith('fr') ? 'fr' : 'en'
  document.documentElement.lang = language
  return language
}
export const currentLanguage = (): Language => language

export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  const text: string = catalogue[key][language]
  return text.replace(/\{(\w+)\}/g, (_match, name: string) => String(values[name] ?? ''))
}
