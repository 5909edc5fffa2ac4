/** What a person chose on this device: language and light. The device's own settings count until something is chosen. */
import { type Language, useLanguage } from './text.ts'

export type Theme = 'auto' | 'light' | 'dark'

/** The choice made here, else the one in the person's record, else the browser's. */
export function useChosenLanguage(recorded?: string): Language {
  return useLanguage(localStorage.getItem('language') ?? (recorded === 'fr' ? recorded : navigator.language))
}

export const chooseLanguage = (language: Language): Language => {
  localStorage.setItem('language', language)
  return useLanguage(language)
}

export const chosenTheme = (): Theme => {
  const stored = localStorage.getItem('theme')
  return stored === 'light' || stored === 'dark' ? stored : 'auto'
}

export function useTheme(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'auto') localStorage.removeItem('theme')
  else localStorage.setItem('theme', theme)
  useTheme(theme)
}
