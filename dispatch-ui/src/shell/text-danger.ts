/** What a likely miss comes from, in the words of board and wall. */
export const dangerText = {
  'danger.likely': { en: '{n} % likely missed', fr: 'manqué à {n} %' },
  'danger.work': { en: '{who}’s “{job}” may run over', fr: '« {job} » de {who} peut déborder' },
  'danger.own': { en: 'the work itself may run over', fr: 'le travail même peut déborder' },
  'danger.travel': {
    en: '{who}’s way to “{job}” may take longer',
    fr: 'le trajet de {who} vers « {job} » peut durer',
  },
  'danger.ownTravel': { en: 'the way there may take longer', fr: 'le trajet peut durer' },
  'danger.late': { en: '{who} runs late already', fr: '{who} est déjà en retard' },
  'danger.plan': { en: 'planned after the deadline', fr: 'prévu après l’échéance' },
  'danger.driver': { en: 'Driver: {what}', fr: 'En cause : {what}' },
  'danger.without': { en: '{n} % if that goes as planned', fr: '{n} % si tout suit le plan' },
  'danger.send': { en: 'Send {who}, {time}', fr: 'Envoyer {who}, {time}' },
  'danger.chance': { en: '{n} %', fr: '{n} %' },
  'danger.miss': { en: '{n} % missed', fr: 'manqué {n} %' },
} as const
