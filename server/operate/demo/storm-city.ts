/**
 * An invented city on the days of a storm: its departments, its promises, its trades and their complaints, its names and districts.
 *
 * Shares and promises follow what real cities show in a storm (trees first, then blocked streets, dark lights and dead signals, with
 * the ordinary sanitation running on beneath); names, streets and places are made up, and no row is copied from anywhere.
 */

export type StormTrade = {
  readonly code: string
  readonly description: string
  readonly skill: string
  readonly minutes: number
  readonly team: string
  readonly sla: string
  readonly priority: 'high' | 'normal' | 'low'
  /** Share of all requests while the storm rages, and on an ordinary day. */
  readonly stormShare: number
  readonly calmShare: number
  readonly complaints: readonly string[]
}

export type StormTeam = {
  readonly code: string
  readonly name: string
  readonly technicians: number
  /** Each technician of the team has the first; the others go round. */
  readonly skills: readonly string[]
  readonly weight: number
}

export const stormTeams: readonly StormTeam[] = [
  { code: 'TREES', name: 'Parks and trees', technicians: 18, skills: ['trees', 'parks'], weight: 3 },
  {
    code: 'ROADS',
    name: 'Roads and drains',
    technicians: 16,
    skills: ['streets', 'drains', 'signs'],
    weight: 2,
  },
  { code: 'LIGHTS', name: 'Street lighting', technicians: 9, skills: ['lighting', 'signals'], weight: 2 },
  { code: 'SIGNALS', name: 'Traffic signals', technicians: 7, skills: ['signals', 'lighting'], weight: 3 },
  {
    code: 'WASTE',
    name: 'Waste and cleaning',
    technicians: 12,
    skills: ['sanitation', 'streets'],
    weight: 1,
  },
  {
    code: 'INSPECT',
    name: 'Building inspection',
    technicians: 8,
    skills: ['inspection', 'parks'],
    weight: 2,
  },
]

/** Promises: two hours to respond to danger and eight to end it; the rest in working or calendar time. */
export const stormSlas = [
  {
    code: 'DANGER',
    description: 'Danger to life: respond in 30 minutes, on site in 2 hours, safe in 4',
    hours: 4,
    respondMinutes: 30,
    arriveMinutes: 120,
    mode: 'wall',
  },
  {
    code: 'URGENT',
    description: 'Urgent: done within 8 hours, around the clock',
    hours: 8,
    respondMinutes: 120,
    arriveMinutes: null,
    mode: 'wall',
  },
  {
    code: 'DAY',
    description: 'Done within 24 hours, around the clock',
    hours: 24,
    respondMinutes: null,
    arriveMinutes: null,
    mode: 'wall',
  },
  {
    code: 'BD2',
    description: 'Two working days',
    days: 2,
    respondMinutes: null,
    arriveMinutes: null,
    mode: 'days',
  },
  {
    code: 'BD10',
    description: 'Ten working days',
    days: 10,
    respondMinutes: null,
    arriveMinutes: null,
    mode: 'days',
  },
] as const

export const stormTrades: readonly StormTrade[] = [
  {
    code: 'TREE-DOWN',
    description: 'Tree or large branch down',
    skill: 'trees',
    minutes: 45,
    team: 'TREES',
    sla: 'DANGER',
    priority: 'high',
    stormShare: 34,
    calmShare: 4,
    complaints: [
      'A tree lies across the road',
      'A branch hangs over the pavement',
      'A tree leans on a house',
      'A fallen tree blocks the cycle path',
    ],
  },
  {
    code: 'TREE-CARE',
    description: 'Tree care',
    skill: 'trees',
    minutes: 35,
    team: 'TREES',
    sla: 'BD10',
    priority: 'low',
    stormShare: 4,
    calmShare: 8,
    complaints: ['Low branches over the bus stop', 'A young tree has lost its stake'],
  },
  {
    code: 'FLOODED',
    description: 'Flooded street or blocked drain',
    skill: 'drains',
    minutes: 40,
    team: 'ROADS',
    sla: 'URGENT',
    priority: 'high',
    stormShare: 11,
    calmShare: 2,
    complaints: [
      'The drain is blocked and the street is under water',
      'Water runs into a cellar',
      'The underpass is flooded',
    ],
  },
  {
    code: 'OBSTACLE',
    description: 'Debris or damage on the road',
    skill: 'streets',
    minutes: 30,
    team: 'ROADS',
    sla: 'URGENT',
    priority: 'normal',
    stormShare: 9,
    calmShare: 6,
    complaints: ['Roof tiles on the road', 'A site fence has blown over', 'A hole has opened in the road'],
  },
  {
    code: 'POTHOLE',
    description: 'Pothole',
    skill: 'streets',
    minutes: 25,
    team: 'ROADS',
    sla: 'BD2',
    priority: 'normal',
    stormShare: 4,
    calmShare: 14,
    complaints: ['A deep pothole at the crossing', 'Several potholes in a row'],
  },
  {
    code: 'SIGN',
    description: 'Sign missing or turned',
    skill: 'signs',
    minutes: 20,
    team: 'ROADS',
    sla: 'BD10',
    priority: 'low',
    stormShare: 3,
    calmShare: 4,
    complaints: ['The stop sign is gone', 'A street sign is turned round'],
  },
  {
    code: 'POLE-DOWN',
    description: 'Lamp post down, live wires',
    skill: 'lighting',
    minutes: 40,
    team: 'LIGHTS',
    sla: 'DANGER',
    priority: 'high',
    stormShare: 4,
    calmShare: 1,
    complaints: ['A lamp post is down and sparks', 'A wire hangs into the street'],
  },
  {
    code: 'LIGHT-OUT',
    description: 'Street lights out',
    skill: 'lighting',
    minutes: 30,
    team: 'LIGHTS',
    sla: 'BD10',
    priority: 'low',
    stormShare: 6,
    calmShare: 10,
    complaints: ['The whole street is dark', 'The lamp at the crossing is out'],
  },
  {
    code: 'SIGNAL-OUT',
    description: 'Traffic signal out',
    skill: 'signals',
    minutes: 35,
    team: 'SIGNALS',
    sla: 'URGENT',
    priority: 'high',
    stormShare: 6,
    calmShare: 3,
    complaints: ['The signals at the junction are dead', 'Green on both sides at the school'],
  },
  {
    code: 'BULKY',
    description: 'Bulky waste',
    skill: 'sanitation',
    minutes: 15,
    team: 'WASTE',
    sla: 'BD2',
    priority: 'low',
    stormShare: 7,
    calmShare: 22,
    complaints: ['A soaked sofa for collection', 'Old shelves at the kerb'],
  },
  {
    code: 'MISSED',
    description: 'Missed collection',
    skill: 'sanitation',
    minutes: 15,
    team: 'WASTE',
    sla: 'DAY',
    priority: 'normal',
    stormShare: 5,
    calmShare: 16,
    complaints: ['The bins were not emptied', 'Garden waste is still there'],
  },
  {
    code: 'UNSAFE',
    description: 'Unsafe building',
    skill: 'inspection',
    minutes: 45,
    team: 'INSPECT',
    sla: 'URGENT',
    priority: 'high',
    stormShare: 5,
    calmShare: 3,
    complaints: ['Bricks fall from a chimney', 'A balcony has come loose', 'The scaffold moves in the wind'],
  },
  {
    code: 'NO-POWER',
    description: 'No heat or power in a house',
    skill: 'inspection',
    minutes: 40,
    team: 'INSPECT',
    sla: 'DAY',
    priority: 'normal',
    stormShare: 2,
    calmShare: 7,
    complaints: ['No power since the morning', 'The heating has failed for the whole house'],
  },
]

export const firstNames = [
  'Ada',
  'Ben',
  'Cleo',
  'Dev',
  'Elif',
  'Finn',
  'Gita',
  'Hugo',
  'Ines',
  'Jonas',
  'Kaya',
  'Leo',
  'Mira',
  'Noah',
  'Olga',
  'Pavel',
  'Quinn',
  'Rosa',
  'Sami',
  'Tara',
  'Umar',
  'Vera',
  'Wim',
  'Xenia',
  'Yara',
  'Zeno',
  'Amir',
  'Bea',
  'Cyril',
  'Dora',
  'Emil',
  'Freya',
  'Goran',
  'Hana',
  'Ivo',
]

export const lastNames = [
  'Alder',
  'Brook',
  'Croft',
  'Dale',
  'Elm',
  'Field',
  'Grove',
  'Heath',
  'Isle',
  'Jarrow',
  'Kettle',
  'Lane',
  'Marsh',
  'North',
  'Oakes',
  'Pike',
  'Quarry',
  'Reed',
  'Stone',
  'Thorn',
  'Underhill',
  'Vale',
  'Weir',
  'Yates',
]

export const streetNames = [
  'Anchor',
  'Baker',
  'Canal',
  'Dock',
  'Eastgate',
  'Ferry',
  'Garden',
  'Harbour',
  'Iron',
  'Juniper',
  'Kiln',
  'Lantern',
  'Mill',
  'Nightingale',
  'Orchard',
  'Poplar',
  'Quay',
  'Rope',
  'Station',
  'Tower',
  'Union',
  'Vine',
  'Willow',
  'York',
]

export const streetKinds = ['Street', 'Road', 'Lane', 'Row', 'Square']

export const stormDistricts: readonly {
  name: string
  x: number
  y: number
  spread: number
  share: number
}[] = [
  { name: 'Old Harbour', x: 0, y: -1.2, spread: 0.9, share: 14 },
  { name: 'Market Hill', x: 0.4, y: 0.3, spread: 0.7, share: 16 },
  { name: 'Northmoor', x: -0.6, y: 4.6, spread: 1.6, share: 18 },
  { name: 'Eastlea', x: 4.4, y: 1.2, spread: 1.4, share: 15 },
  { name: 'Westcliff', x: -4.8, y: -0.4, spread: 1.5, share: 14 },
  { name: 'Millbank', x: 2.6, y: -3.4, spread: 1.2, share: 12 },
  { name: 'Saltmarsh', x: -3.0, y: -4.2, spread: 1.3, share: 11 },
]
