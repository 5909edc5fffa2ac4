/**
 * Which trade a city's request needs, how long a visit takes, and how urgent it is, read from the words of its type.
 *
 * Cities name their types freely and change them every year, so words are looked for, from the most telling to the
 * most general; what matches nothing is desk work. Durations are ordinary visits, not promises.
 */
import type { Priority } from '../activity/activity.ts'
import type { Rule311 } from './rules-311.ts'

export const trades = {
  trees: { skill: 'trees', minutes: 75 },
  signals: { skill: 'signals', minutes: 60 },
  lighting: { skill: 'lighting', minutes: 50 },
  animals: { skill: 'animals', minutes: 25 },
  graffiti: { skill: 'graffiti', minutes: 45 },
  streets: { skill: 'streets', minutes: 45 },
  sanitation: { skill: 'sanitation', minutes: 20 },
  parks: { skill: 'parks', minutes: 40 },
  parking: { skill: 'parking', minutes: 20 },
  inspection: { skill: 'inspection', minutes: 50 },
  desk: { skill: 'desk', minutes: 15 },
} as const satisfies Record<string, { skill: string; minutes: number }>

export type Trade = keyof typeof trades

/** Earlier rows win: a fallen tree in a park is tree work, a park's lamp is lighting. */
const words: readonly (readonly [Trade, RegExp])[] = [
  [
    'desk',
    /\b(comments?|compliments?|notification|sticker|suggestions?|general request|volunteer|lost pet|studies)\b/,
  ],
  ['trees', /\b(trees?|stump|pruning|planting|branches)\b/],
  ['signals', /\b(signals?|signs?|signage|crosswalk|pavement marking|meters?|traffic engineering|traffic)\b/],
  ['lighting', /\b(lights?|lighting|lamp|utility casting|electrical issues)\b/],
  ['animals', /\b(animals?|rodents?|mice|bed bugs|pest|bees?|coyote)\b/],
  ['graffiti', /\bgraffiti\b/],
  [
    'sanitation',
    /\b(trash|recycling|bulk item|waste|litter|debris|dumping|dumpster|street cleaning|yard waste|needles?|weeds|basket|cart|sanitation|sweeping)\b/,
  ],
  [
    'streets',
    /\b(pothole|sidewalk|street|roadway|highway|snow|catchbasin|bridge|bollards?|guardrails?|fire hydrant|construction|utility)\b/,
  ],
  ['parks', /\b(parks?|ballfield|playground|cemetery|groundskeeping|gates)\b/],
  ['parking', /\b(parking|vehicles?|valet|bicycles?|taxi)\b/],
  [
    'inspection',
    /\b(inspections?|living conditions|building|housing|heat|permit|illegal|zoning|contractors?|electrical|plumbing|sewage|overcrowding|mold|dampness|unsanitary|unsafe|health|maintenance|infestation|noise|abandoned|occupancy|utilities|work|code enforcement|vending|metering|breathe|weights|residential|unit)\b/,
  ],
]

export function tradeOf(type: string, category: string): Trade {
  for (const text of [type.toLowerCase(), category.toLowerCase()]) {
    for (const [trade, pattern] of words) if (pattern.test(text)) return trade
  }
  return 'desk'
}

const danger =
  /\b(emergenc(y|ies)|unsafe|dangerous|knock ?downs?|make safe|fallen|hazard|needles?|heat|sewage|system failure)\b/

/** Danger and promises of a day come first; promises of months, and none at all, come last. */
export function priorityOf(type: string, rule: Rule311 | null): Priority {
  if (danger.test(type.toLowerCase())) return 'high'
  if (rule === null) return 'low'
  // A day around the clock is this city's ordinary promise; one business day is given to what cannot wait.
  if (rule.kind === 'elapsed_hours') return rule.n <= 72 ? 'normal' : 'low'
  if (rule.n <= 1) return 'high'
  return rule.n <= 12 ? 'normal' : 'low'
}
