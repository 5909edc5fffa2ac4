/** Signing in. A refusal stands where it belongs: at a field, or at the password when the three do not fit together. */
import '../shell/theme.css'
import './sign-in.css'
import { el, need } from '../shell/dom.ts'
import { chooseLanguage, chosenTheme, useChosenLanguage, useTheme } from '../shell/preferences.ts'
import { currentLanguage, type Language, t } from '../shell/text.ts'
import { countdown } from '../shell/time.ts'
import { ask, Refusal, type Session, Unreachable } from '../sync/api.ts'
import { paintBackdrop } from './backdrop.ts'
import { type Field, refusalOf } from './refusal-place.ts'
import { whereNext } from './where-next.ts'

const fields: readonly Field[] = ['company', 'email', 'password']
const values: Record<Field, string> = {
  company: localStorage.getItem('company') ?? '',
  email: '',
  password: '',
}
const query = new URLSearchParams(location.search)
let isBusy = false
let isShown = false
let closedUntil = 0
let closedTimer: ReturnType<typeof setInterval> | undefined

function draw(): void {
  document.title = `${t('sign.title')} · Callboard`
  const hour = new Date().getHours()
  const greeting = hour < 12 ? 'sign.morning' : hour < 18 ? 'sign.afternoon' : 'sign.evening'
  const form = el(
    'form',
    { novalidate: true, class: 'form', on: { submit: (event) => void submit(event) } },
    el('h1', {}, t(greeting)),
    el('p', { class: 'lead' }, t('sign.lead')),
    ...fields.map(fieldRow),
    el('button', { type: 'submit', class: 'primary act', id: 'act' }, t('sign.act')),
    el('p', { class: 'said', id: 'said', role: 'alert' }),
    el('p', { class: 'forgotten' }, t('sign.forgotten')),
  )
  const canvas = el('canvas', { class: 'backdrop', 'aria-hidden': 'true' })
  need('page').replaceChildren(el('section', { class: 'side' }, brand(), form, languages()), canvas)
  new ResizeObserver(() => paintBackdrop(canvas)).observe(canvas)
}

function fieldRow(field: Field): HTMLElement {
  const type = field === 'password' && !isShown ? 'password' : field === 'email' ? 'email' : 'text'
  const input = el('input', {
    id: field,
    name: field,
    type,
    value: values[field],
    required: true,
    autocapitalize: 'none',
    spellcheck: 'false',
    autocomplete: field === 'company' ? 'organization' : field === 'email' ? 'username' : 'current-password',
    'aria-describedby': `${field}-said`,
    on: {
      input: () => {
        values[field] = input.value
        say(field, '')
      },
    },
  })
  const show =
    field === 'password' &&
    el(
      'button',
      {
        type: 'button',
        class: 'quiet show',
        on: {
          click: () => {
            isShown = !isShown
            input.type = isShown ? 'text' : 'password'
            if (show) show.textContent = t(isShown ? 'sign.hide' : 'sign.show')
            input.focus()
          },
        },
      },
      t(isShown ? 'sign.hide' : 'sign.show'),
    )
  return el(
    'div',
    { class: 'field' },
    el('label', { for: field }, t(`sign.${field}`)),
    el('div', { class: 'box' }, input, show),
    el('p', { class: 'refused', id: `${field}-said` }),
  )
}

const brand = (): HTMLElement =>
  el(
    'p',
    { class: 'brand' },
    el('span', { class: 'mark', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')),
    'Callboard',
  )

const names: Readonly<Record<Language, string>> = { en: 'English', fr: 'Français' }
const languages = (): HTMLElement =>
  el(
    'nav',
    { class: 'languages', 'aria-label': t('sign.languages') },
    ...(['en', 'fr'] as const).map((language) =>
      el(
        'button',
        {
          type: 'button',
          class: 'quiet',
          lang: language,
          'aria-pressed': language === currentLanguage() ? 'true' : 'false',
          on: {
            click: () => {
              chooseLanguage(language)
              draw()
            },
          },
        },
        names[language],
      ),
    ),
  )

function say(field: Field, text: string): void {
  need(`${field}-said`).textContent = text
  if (text === '') need(field).removeAttribute('aria-invalid')
  else need(field).setAttribute('aria-invalid', 'true')
}

async function submit(event: Event): Promise<void> {
  event.preventDefault()
  if (isBusy || Date.now() < closedUntil) return
  need('said').textContent = ''
  const missing = fields.filter((field) => need<HTMLInputElement>(field).value.trim() === '')
  for (const field of fields) say(field, missing.includes(field) ? t(`sign.need.${field}`) : '')
  if (missing[0]) {
    need(missing[0]).focus()
    return
  }
  setBusy(true)
  try {
    const body = {
      company: need<HTMLInputElement>('company').value.trim(),
      email: need<HTMLInputElement>('email').value.trim(),
      password: need<HTMLInputElement>('password').value,
    }
    const { value } = await ask<Session>('POST', '/sessions', { body, tries: 1 })
    localStorage.setItem('company', body.company)
    location.href = whereNext(value.user.role, query.get('next'))
  } catch (error) {
    setBusy(false)
    explain(error)
  }
}

function setBusy(busy: boolean): void {
  isBusy = busy
  const act = need<HTMLButtonElement>('act')
  act.disabled = busy
  act.textContent = t(busy ? 'sign.acting' : 'sign.act')
}

function explain(error: unknown): void {
  if (error instanceof Unreachable) {
    need('said').textContent = t('sign.unreachable')
    return
  }
  if (!(error instanceof Refusal)) throw error
  const refusal = refusalOf(error.problem)
  switch (refusal.kind) {
    case 'wrong':
      say('password', t('sign.wrong'))
      need<HTMLInputElement>('password').select()
      return
    case 'fields':
      for (const field of refusal.fields) say(field, t(`sign.need.${field}`))
      return
    case 'locked':
      close(refusal.seconds)
      return
    case 'other':
      need('said').textContent = t('sign.other', { why: refusal.why })
  }
}

/** The form counts down what is left of the lockout and opens by itself. */
function close(seconds: number): void {
  closedUntil = Date.now() + seconds * 1_000
  clearInterval(closedTimer)
  const tick = (): void => {
    const left = closedUntil - Date.now()
    const isOpen = left <= 0
    say('password', isOpen ? '' : t('sign.locked', { time: countdown(left) }))
    need<HTMLButtonElement>('act').disabled = !isOpen
    if (!isOpen) return
    clearInterval(closedTimer)
    need('said').textContent = t('sign.open')
  }
  closedTimer = setInterval(tick, 1_000)
  tick()
}

useChosenLanguage()
useTheme(chosenTheme())
values.company ||= query.get('company') ?? ''
values.email = query.get('email') ?? ''
draw()
need<HTMLInputElement>(values.company === '' ? 'company' : values.email === '' ? 'email' : 'password').focus()
