/** Every entry with where it is: kept on this phone, at the desk, or come back. */
import { el } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import { clockTime } from '../shell/time.ts'
import type { Entry } from './entries.ts'
import { entryWhere } from './parts.ts'
import type { Phone } from './phone.ts'
import { stepText, titleOfEntry } from './words.ts'

export function keptView(phone: Phone): HTMLElement[] {
  const waiting = [...phone.entries.waiting].reverse()
  const sent = phone.entries.all.filter((entry) => entry.where === 'desk' || entry.where === 'back').reverse()
  if (waiting.length + sent.length === 0)
    return [
      el('section', { class: 'empty' }, el('h2', {}, t('entry.none')), el('p', {}, t('entry.none.sub'))),
    ]
  const last = sent[0]
  return [
    ...(waiting.length === 0
      ? []
      : [list(phone, t('entry.waiting'), t('entry.waiting.count', { n: waiting.length }), waiting)]),
    ...(last
      ? [
          list(
            phone,
            t('entry.before'),
            t('entry.last', { time: clockTime(last.at, phone.names.zone) }),
            sent,
          ),
        ]
      : []),
  ]
}

const list = (phone: Phone, head: string, note: string, entries: readonly Entry[]): HTMLElement =>
  el(
    'section',
    { class: 'entries' },
    el('div', { class: 'entries-head' }, el('h2', {}, head), el('span', {}, note)),
    el('ul', {}, ...entries.map((entry) => row(phone, entry))),
  )

function row(phone: Phone, entry: Entry): HTMLElement {
  const isDecision = entry.where === 'kept' && (entry.step === 'accepted' || entry.step === 'declined')
  const note =
    entry.where === 'back'
      ? entry.back?.why === 'earlier'
        ? t('entry.earlier')
        : (entry.back?.why ?? '')
      : isDecision
        ? t('entry.deskHasWord')
        : ''
  const title = titleOfEntry(entry, phone.jobs.get(entry.activityId), phone.names)
  return el(
    'li',
    {},
    el('time', {}, clockTime(entry.at, phone.names.zone)),
    el('div', {}, el('b', {}, `${stepText(entry.step)}, ${title}`), note !== '' && el('p', {}, note)),
    entryWhere(entry),
  )
}
