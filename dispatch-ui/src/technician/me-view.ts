/** Who is signed in on this phone, and how it speaks and looks. */
import { el } from '../shell/dom.ts'
import { chooseLanguage, chooseTheme, chosenTheme, type Theme } from '../shell/preferences.ts'
import { currentLanguage, type Language, t } from '../shell/text.ts'
import { type Session, signOut } from '../sync/api.ts'
import { tap } from './parts.ts'
import type { Phone } from './phone.ts'

const languages: Readonly<Record<Language, string>> = { en: 'English', fr: 'Français' }
const themes: readonly Theme[] = ['auto', 'light', 'dark']

export function meView(phone: Phone, who: Session, redraw: () => void): HTMLElement[] {
  const waiting = phone.entries.waiting.length
  return [
    el(
      'section',
      { class: 'me' },
      el('h2', {}, who.user.name),
      el('p', {}, who.user.email),
      el('p', {}, who.company.name),
    ),
    choice(
      t('me.language'),
      (['en', 'fr'] as const).map((language) => ({
        name: languages[language],
        isChosen: language === currentLanguage(),
        choose: () => chooseLanguage(language),
      })),
      redraw,
    ),
    choice(
      t('me.theme'),
      themes.map((theme) => ({
        name: t(`me.theme.${theme}`),
        isChosen: theme === chosenTheme(),
        choose: () => chooseTheme(theme),
      })),
      redraw,
    ),
    el(
      'section',
      { class: 'me' },
      waiting > 0 && el('p', {}, waiting === 1 ? t('me.signOut.one') : t('me.signOut.kept', { n: waiting })),
      tap(t('me.signOut'), () => void signOut(), { className: 'wide', key: 'sign out' }),
    ),
  ]
}

type Option = { readonly name: string; readonly isChosen: boolean; readonly choose: () => void }

const choice = (name: string, options: readonly Option[], redraw: () => void): HTMLElement =>
  el(
    'section',
    { class: 'me choice', role: 'group', 'aria-label': name },
    el('h3', {}, name),
    el(
      'div',
      { class: 'options' },
      ...options.map((option) => {
        const choose = (): void => {
          option.choose()
          redraw()
        }
        const made = tap(option.name, choose, { key: `${name} ${option.name}` })
        made.setAttribute('aria-pressed', option.isChosen ? 'true' : 'false')
        return made
      }),
    ),
  )
