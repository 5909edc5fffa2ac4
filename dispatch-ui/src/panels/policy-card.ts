/**
 * By which policy the board is planned: weights, limits and switches in plain words, who set them, and the last changes.
 *
 * Everybody may look; whoever may configure edits. What a colleague sets meanwhile appears at once in every field that was
 * not touched here; what was touched stays, and is saved on top of the colleague's version.
 */
import {
  type BoardPolicyView,
  type PolicyValue,
  type PolicyVersion,
  policyValue,
  withChanges,
} from '../model/policy.ts'
import { button, el } from '../shell/dom.ts'
import { type TextKey, t } from '../shell/text.ts'
import { clockTime, dayName } from '../shell/time.ts'

export type PolicyCard = {
  readonly root: HTMLElement
  /** The policy as it is now. */
  show(now: BoardPolicyView): void
  history(versions: readonly PolicyVersion[]): void
}

export type PolicyCardOptions = {
  readonly mayEdit: boolean
  readonly zone: string
  readonly language: string
  /** Saves; answers what went wrong in words, or null. */
  save(seen: BoardPolicyView, policy: BoardPolicyView['policy']): Promise<string | null>
  close(): void
}

type Field = { readonly name: string } & (
  | { readonly kind: 'number'; readonly max: number; readonly step: number; readonly min?: number }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
)

const weight = (name: string): Field => ({ name: `weights.${name}`, kind: 'number', max: 1000, step: 0.5 })
const whole = (name: string, max: number, min = 0): Field => ({ name, kind: 'number', max, min, step: 1 })
const toggle = (name: string): Field => ({ name, kind: 'switch' })

const groups: readonly (readonly [TextKey, readonly Field[]])[] = [
  ['policy.switches', [toggle('autoRepair'), toggle('autoApply'), toggle('strict')]],
  [
    'policy.weights',
    [
      'missed',
      'late',
      'margin',
      'waiting',
      'unassigned',
      'preferred',
      'travel',
      'overtime',
      'fairness',
      'stability',
    ].map(weight),
  ],
  [
    'policy.limits',
    [whole('churnBudget', 1000), whole('freezeMinutes', 10_080), whole('holdMinutes', 10_080)],
  ],
  [
    'policy.plans',
    [
      whole('horizonDays', 14, 1),
      whole('marginMinutes', 1440),
      whole('overtimeMinutes', 720),
      whole('repairBudgetMs', 60_000, 10),
      whole('backgroundMinutes', 1440),
      whole('backgroundBudgetMs', 60_000, 100),
    ],
  ],
  [
    'policy.travel',
    [
      { name: 'travelSource', kind: 'choice', of: ['best', 'straight-line'] },
      { name: 'travelProfile', kind: 'choice', of: ['car', 'bike', 'foot'] },
      { name: 'speedKmh', kind: 'number', min: 1, max: 200, step: 1 },
      { name: 'roadFactor', kind: 'number', min: 1, max: 5, step: 0.1 },
      { name: 'kilometreMinutes', kind: 'number', max: 60, step: 0.5 },
      { name: 'hourWorkedMinutes', kind: 'number', max: 60, step: 1 },
    ],
  ],
]

const HISTORY_SHOWN = 4

// The words of every field and every choice are in the text table under these names.
const words = (name: string): string => t(`policy.${name}` as TextKey)

export function policyCard(first: BoardPolicyView, options: PolicyCardOptions): PolicyCard {
  let now = first
  const changes = new Map<string, PolicyValue>()
  const inputs = new Map<string, Input>()
  const kicker = el('span', { class: 'note' })
  const said = el('p', { class: 'note said', role: 'status' })
  const history = el('ul', { class: 'note' })
  const save = button(t('policy.save'), () => void onSave(), 'change')

  const refresh = (): void => {
    kicker.textContent = t('policy.version', { n: now.policyVersion })
    root.dataset.version = String(now.policyVersion)
    for (const [name, input] of inputs) put(input, changes.get(name) ?? policyValue(now.policy, name))
    save.disabled = changes.size === 0 || [...inputs.values()].some((input) => !input.validity.valid)
  }
  const onInput = (name: string, input: Input): void => {
    const value = chosenIn(input)
    if (value === policyValue(now.policy, name)) changes.delete(name)
    else changes.set(name, value)
    input.classList.toggle('touched', changes.has(name))
    save.disabled = changes.size === 0 || [...inputs.values()].some((one) => !one.validity.valid)
    said.textContent = ''
  }
  const onSave = async (): Promise<void> => {
    save.disabled = true
    const wrong = await options.save(now, withChanges(now.policy, changes))
    if (wrong === null) {
      changes.clear()
      for (const input of inputs.values()) input.classList.remove('touched')
    }
    said.textContent = wrong ?? t('policy.saved')
    refresh()
  }

  const fieldOf = (field: Field): HTMLElement => {
    const input = inputOf(field)
    input.disabled = !options.mayEdit
    input.dataset.field = field.name
    inputs.set(field.name, input)
    input.addEventListener('input', () => onInput(field.name, input))
    return el('label', {}, el('span', {}, words(field.name)), input)
  }
  const away = button('×', options.close, 'quiet')
  away.setAttribute('aria-label', t('policy.close'))
  const root = el(
    'div',
    { class: 'card policy', role: 'dialog', 'aria-label': t('policy.title'), 'data-card': 'policy' },
    el('header', {}, el('h3', {}, t('policy.title')), kicker, away),
    ...groups.map(([title, fields]) =>
      el('fieldset', {}, el('legend', {}, t(title)), ...fields.map(fieldOf)),
    ),
    history,
    said,
    options.mayEdit ? el('div', { class: 'acts' }, save) : el('p', { class: 'note' }, t('policy.look')),
  )
  refresh()

  return {
    root,
    show(next) {
      if (next.version < now.version) return
      const isNew = next.policyVersion !== now.policyVersion
      now = next
      // What somebody else has set to the same is no change of one's own any more.
      for (const [name, value] of changes) if (policyValue(now.policy, name) === value) changes.delete(name)
      for (const [name, input] of inputs) input.classList.toggle('touched', changes.has(name))
      if (isNew && changes.size > 0) said.textContent = t('policy.meanwhile')
      refresh()
    },
    history(versions) {
      history.replaceChildren(
        ...versions
          .filter((one) => one.changes.length > 0)
          .slice(0, HISTORY_SHOWN)
          .map((one) => lineOf(one, options)),
      )
    },
  }
}

function lineOf(one: PolicyVersion, { zone, language }: PolicyCardOptions): HTMLElement {
  const at = Date.parse(one.at)
  const what = one.changes
    .map(({ field, from, to }) => `${words(field)} ${shown(from)} → ${shown(to)}`)
    .join('; ')
  const when = `${dayName(at, language, zone)} ${clockTime(at, zone)}`
  return el('li', { 'data-version': one.version }, `${when}, ${one.by.name ?? '–'}: ${what}`)
}

const shown = (value: PolicyValue | null): string =>
  value === null ? '–' : typeof value === 'boolean' ? t(value ? 'policy.on' : 'policy.off') : String(value)

function inputOf(field: Field): Input {
  switch (field.kind) {
    case 'number':
      return el('input', {
        type: 'number',
        min: field.min ?? 0,
        max: field.max,
        step: field.step,
        required: true,
      })
    case 'switch':
      return el('input', { type: 'checkbox', role: 'switch' })
    case 'choice':
      return el('select', {}, ...field.of.map((one) => el('option', { value: one }, words(one))))
  }
}

type Input = HTMLInputElement | HTMLSelectElement

function chosenIn(input: Input): PolicyValue {
  if (input instanceof HTMLSelectElement) return input.value
  return input.type === 'checkbox' ? input.checked : input.valueAsNumber
}

function put(input: Input, value: PolicyValue): void {
  if (input instanceof HTMLInputElement && input.type === 'checkbox') input.checked = value === true
  // The field that somebody is typing in is not rewritten under the fingers: "1." would become "1".
  else if (document.activeElement !== input && input.value !== String(value)) input.value = String(value)
}
