/** The sheet's colours, read from the page's roles, so that canvas and panels never disagree. */
const roles = [
  'ground',
  'sheet',
  'panel',
  'shade',
  'shade-line',
  'rule',
  'rule-strong',
  'control',
  'ink',
  'ink-2',
  'ink-3',
  'on-solid',
  'change',
  'change-soft',
  'change-solid',
  'promise',
  'promise-mid',
  'change-text',
  'promise-soft',
  'promise-solid',
  'high-tint',
  'high-mid',
  'high-mark',
  'normal-tint',
  'normal-mid',
  'normal-mark',
  'low-tint',
  'low-mid',
  'low-mark',
  'closed-fill',
  'closed-mark',
  'closed-text',
  'people',
  'travel',
  'good',
] as const
export type Role = (typeof roles)[number]
export type Colours = Readonly<Record<Role, string>>

export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement)
  const found: Partial<Record<Role, string>> = {}
  for (const role of roles) found[role] = style.getPropertyValue(`--${role}`).trim()
  // Every role was read in the loop above.
  return found as Colours
}
