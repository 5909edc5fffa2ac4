/**
 * The one table from a code to its status, title and sentence, in English and French. A code without a row does not compile.
 */
import type { RefusalCode } from '../domain/refusal.ts'

export type Details = Readonly<Record<string, unknown>>
type Words = { readonly title: string; readonly detail?: string | ((details: Details) => string) }
type Row = { readonly status: number; readonly en: Words; readonly fr: Words }

/** Refusals that only HTTP makes, beside those of the business. */
export type HttpCode =
  | 'MALFORMED_REQUEST'
  | 'IDEMPOTENCY_KEY_REQUIRED'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'NOT_SIGNED_IN'
  | 'WRONG_CREDENTIALS'
  | 'ACCOUNT_CLOSED'
  | 'FOREIGN_ORIGIN'
  | 'METHOD_NOT_ALLOWED'
  | 'REQUEST_TIMEOUT'
  | 'PAYLOAD_TOO_LARGE'
  | 'URI_TOO_LONG'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'PRECONDITION_REQUIRED'
  | 'TOO_MANY_REQUESTS'
  | 'HEADERS_TOO_LARGE'
  | 'OVERLOADED'
  | 'OUTCOME_UNKNOWN'
  | 'INTERNAL'

export const said = (value: unknown, otherwise = '?'): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise

const fieldsOf = (details: Details): string => {
  const fields = details.fields
  if (!Array.isArray(fields)) return ''
  return fields
    .slice(0, 5)
    .map((entry: unknown) =>
      typeof entry === 'object' && entry !== null && 'field' in entry && 'expected' in entry
        ? `${said(entry.field)}: ${said(entry.expected)}`
        : '',
    )
    .filter((text) => text !== '')
    .join('; ')
}

const who = (details: Details): string => {
  const by = details.changedBy
  return typeof by === 'object' && by !== null && 'name' in by ? said(by.name, '') : ''
}

const row = (status: number, en: Words, fr: Words): Row => ({ status, en, fr })

export const problems: Readonly<Record<RefusalCode | HttpCode, Row>> = {
  VALIDATION: row(
    422,
    { title: 'Some of the data cannot be used', detail: fieldsOf },
    { title: 'Certaines données sont inutilisables', detail: fieldsOf },
  ),
  FORBIDDEN_ROLE: row(
    403,
    { title: 'Your role does not allow this' },
    { title: 'Votre rôle ne le permet pas' },
  ),
  NOT_FOUND: row(404, { title: 'There is no such thing here' }, { title: 'Introuvable' }),
  VERSION_CONFLICT: row(
    412,
    {
      title: 'Changed by someone else meanwhile',
      detail: (d) =>
        who(d) === ''
          ? 'The record is newer than the one you edited; look at it and decide again.'
          : `${who(d)} changed the record after you read it; look at it and decide again.`,
    },
    {
      title: 'Modifié entre-temps par quelqu’un d’autre',
      detail: (d) =>
        who(d) === ''
          ? 'La fiche est plus récente que celle que vous avez modifiée ; regardez-la et décidez à nouveau.'
          : `${who(d)} a modifié la fiche après votre lecture ; regardez-la et décidez à nouveau.`,
    },
  ),
  AGREEMENT_SUSPENDED: row(
    409,
    { title: 'The agreement is suspended' },
    { title: 'Le contrat est suspendu' },
  ),
  AGREEMENT_IS_TEMPLATE: row(
    409,
    { title: 'The agreement is a template', detail: 'Templates have no orders.' },
    { title: 'Le contrat est un modèle', detail: 'Un modèle n’a pas d’ordres.' },
  ),
  AGREEMENT_HAS_ORDERS: row(
    409,
    { title: 'The agreement already has orders' },
    { title: 'Le contrat a déjà des ordres' },
  ),
  LINE_STOPPED: row(
    409,
    { title: 'The agreement line is stopped' },
    { title: 'La ligne du contrat est arrêtée' },
  ),
  OUTSIDE_VALIDITY: row(
    422,
    { title: 'The service date lies outside the agreement’s validity' },
    { title: 'La date de service est hors de la validité du contrat' },
  ),
  AGREEMENT_REQUIRED: row(
    422,
    { title: 'An order needs an agreement here' },
    { title: 'Un ordre exige ici un contrat' },
  ),
  PROJECT_REQUIRED: row(422, { title: 'A project is needed' }, { title: 'Un projet est nécessaire' }),
  PROJECT_TYPE_NOT_ALLOWED: row(
    422,
    { title: 'A project of this type cannot be used' },
    { title: 'Un projet de ce type est inutilisable' },
  ),
  STAGE_NOT_ADJACENT: row(
    409,
    {
      title: 'The order cannot move to that stage',
      detail: 'Stages move to a child or back to the parent, one step at a time.',
    },
    {
      title: 'L’ordre ne peut pas passer à cette étape',
      detail: 'On avance vers une étape fille ou revient à l’étape mère, un pas à la fois.',
    },
  ),
  STAGE_FORBIDS: row(
    409,
    { title: 'The order’s stage does not allow this' },
    { title: 'L’étape de l’ordre ne le permet pas' },
  ),
  STAGE_ROOT_EXISTS: row(
    409,
    { title: 'There is already a first stage', detail: 'Every other stage needs a parent.' },
    { title: 'Il y a déjà une première étape', detail: 'Toute autre étape exige une étape mère.' },
  ),
  STAGE_PARENT_IMMUTABLE: row(
    409,
    { title: 'A stage keeps its parent' },
    { title: 'Une étape garde son étape mère' },
  ),
  REASON_REQUIRED: row(
    422,
    { title: 'A reason code is needed' },
    { title: 'Un code de motif est nécessaire' },
  ),
  ORDER_POSTED: row(409, { title: 'The order is posted' }, { title: 'L’ordre est comptabilisé' }),
  ORDER_CANCELED: row(409, { title: 'The order is cancelled' }, { title: 'L’ordre est annulé' }),
  LINE_NOT_CREATED: row(
    409,
    { title: 'The line is cancelled or posted' },
    { title: 'La ligne est annulée ou comptabilisée' },
  ),
  HAS_ITEM_REQUIREMENT: row(
    409,
    { title: 'The order has item requirements' },
    { title: 'L’ordre a des besoins d’articles' },
  ),
  SIGN_OFF_REQUIRED: row(
    409,
    { title: 'Sign-off is needed first' },
    { title: 'La signature est d’abord nécessaire' },
  ),
  JOURNAL_MISSING: row(
    409,
    { title: 'No journal is set up for this' },
    { title: 'Aucun journal n’est configuré' },
  ),
  CONFIRM_REQUIRED: row(
    422,
    { title: 'This needs a confirmation' },
    { title: 'Une confirmation est nécessaire' },
  ),
  SLA_NONE: row(409, { title: 'The order has no SLA' }, { title: 'L’ordre n’a pas de SLA' }),
  SLA_ALREADY_RUNNING: row(
    409,
    { title: 'The SLA clock runs already' },
    { title: 'Le chrono SLA tourne déjà' },
  ),
  SLA_NOT_RUNNING: row(
    409,
    { title: 'The SLA clock does not run' },
    { title: 'Le chrono SLA ne tourne pas' },
  ),
  SLA_CANCELED: row(409, { title: 'The SLA is cancelled' }, { title: 'Le SLA est annulé' }),
  SLA_SUSPENDED: row(409, { title: 'The SLA is suspended' }, { title: 'Le SLA est suspendu' }),
  SLA_BLOCKED: row(
    409,
    {
      title: 'The SLA clock cannot start now',
      detail: 'The stage stops time, or the order is signed off, posted or cancelled.',
    },
    {
      title: 'Le chrono SLA ne peut pas démarrer',
      detail: 'L’étape arrête le temps, ou l’ordre est signé, comptabilisé ou annulé.',
    },
  ),
  SLA_BAD_TIME: row(
    422,
    { title: 'That instant cannot be used for the SLA clock' },
    { title: 'Instant inutilisable pour le chrono SLA' },
  ),
  WORKER_INACTIVE: row(
    409,
    { title: 'The technician is not active' },
    { title: 'Le technicien n’est pas actif' },
  ),
  WORKER_NOT_IN_TEAM: row(
    409,
    { title: 'The technician is in no dispatch team' },
    { title: 'Le technicien n’a pas d’équipe' },
  ),
  ACTIVITY_CLOSED: row(409, { title: 'The activity is closed' }, { title: 'L’activité est close' }),
  ACTIVITY_UNASSIGNED: row(
    409,
    { title: 'The activity has no technician or no time' },
    { title: 'L’activité n’a pas de technicien ou pas d’horaire' },
  ),
  ACTIVITY_NOT_DISPATCHED: row(
    409,
    { title: 'The activity is not dispatched' },
    { title: 'L’activité n’est pas envoyée' },
  ),
  ACTIVITY_NOT_CLOSED: row(
    409,
    { title: 'The activity is not closed' },
    { title: 'L’activité n’est pas close' },
  ),
  ACTIVITY_LOCKED: row(409, { title: 'The activity is locked' }, { title: 'L’activité est verrouillée' }),
  PLAN_CONFLICT: row(
    409,
    {
      title: 'The plan would not hold',
      detail: 'Overlap, working hours, time window or deadline: the details say which.',
    },
    {
      title: 'Le plan ne tiendrait pas',
      detail: 'Chevauchement, heures ouvrées, fenêtre ou échéance : voir les détails.',
    },
  ),
  OWNER_NOT_EMPLOYEE: row(
    422,
    { title: 'A team’s owner must be an employee' },
    { title: 'Le responsable d’une équipe doit être un employé' },
  ),
  IN_USE: row(
    409,
    {
      title: 'Still in use',
      detail: (d) =>
        d.by === undefined ? 'Something still needs it.' : `It is still used by: ${said(d.by)}.`,
    },
    {
      title: 'Encore utilisé',
      detail: (d) =>
        d.by === undefined ? 'Quelque chose en a encore besoin.' : `Encore utilisé par : ${said(d.by)}.`,
    },
  ),
  DUPLICATE: row(
    409,
    {
      title: 'That exists already',
      detail: (d) =>
        d.field === undefined ? 'It must be unique.' : `Another record has the same ${said(d.field)}.`,
    },
    {
      title: 'Cela existe déjà',
      detail: (d) =>
        d.field === undefined ? 'Il doit être unique.' : `Une autre fiche a le même champ ${said(d.field)}.`,
    },
  ),
  PROPOSAL_STALE: row(
    409,
    { title: 'The proposal is no longer open' },
    { title: 'La proposition n’est plus ouverte' },
  ),
  SUPERSEDED: row(409, { title: 'The job changed meanwhile' }, { title: 'Le travail a changé entre-temps' }),
  IMPORT_BAD_FILE: row(422, { title: 'The file cannot be read' }, { title: 'Le fichier est illisible' }),

  MALFORMED_REQUEST: row(400, { title: 'The request cannot be read' }, { title: 'Requête illisible' }),
  IDEMPOTENCY_KEY_REQUIRED: row(
    400,
    {
      title: 'An Idempotency-Key is needed',
      detail:
        'Send a header Idempotency-Key of 16 to 64 letters, digits, - . _ ~ or :, new for each command.',
    },
    {
      title: 'Une Idempotency-Key est nécessaire',
      detail:
        'Envoyez un en-tête Idempotency-Key de 16 à 64 lettres, chiffres, - . _ ~ ou :, nouveau à chaque commande.',
    },
  ),
  IDEMPOTENCY_KEY_REUSED: row(
    422,
    { title: 'This Idempotency-Key was used for another command' },
    { title: 'Cette Idempotency-Key a servi à une autre commande' },
  ),
  NOT_SIGNED_IN: row(401, { title: 'Sign in first' }, { title: 'Connectez-vous d’abord' }),
  WRONG_CREDENTIALS: row(
    401,
    { title: 'Company, e-mail or password is wrong' },
    { title: 'Société, e-mail ou mot de passe incorrect' },
  ),
  ACCOUNT_CLOSED: row(
    429,
    { title: 'Too many attempts to sign in', detail: (d) => `Try again in ${said(d.retrySeconds)} seconds.` },
    {
      title: 'Trop de tentatives de connexion',
      detail: (d) => `Réessayez dans ${said(d.retrySeconds)} secondes.`,
    },
  ),
  FOREIGN_ORIGIN: row(
    403,
    { title: 'This page may not act for you', detail: 'The request came from another site.' },
    { title: 'Cette page ne peut pas agir pour vous', detail: 'La requête vient d’un autre site.' },
  ),
  METHOD_NOT_ALLOWED: row(
    405,
    { title: 'This method is not offered here' },
    { title: 'Méthode non proposée ici' },
  ),
  REQUEST_TIMEOUT: row(
    408,
    { title: 'The request took too long to arrive' },
    { title: 'La requête a mis trop de temps' },
  ),
  PAYLOAD_TOO_LARGE: row(413, { title: 'The request is too large' }, { title: 'La requête est trop grande' }),
  URI_TOO_LONG: row(414, { title: 'The address is too long' }, { title: 'L’adresse est trop longue' }),
  UNSUPPORTED_MEDIA_TYPE: row(
    415,
    { title: 'This content type is not understood here' },
    { title: 'Ce type de contenu n’est pas compris ici' },
  ),
  PRECONDITION_REQUIRED: row(
    428,
    {
      title: 'Say which version you changed',
      detail: 'Send If-Match with the record’s ETag, or expectedVersion.',
    },
    {
      title: 'Dites quelle version vous avez modifiée',
      detail: 'Envoyez If-Match avec l’ETag de la fiche, ou expectedVersion.',
    },
  ),
  TOO_MANY_REQUESTS: row(429, { title: 'Too many requests' }, { title: 'Trop de requêtes' }),
  HEADERS_TOO_LARGE: row(
    431,
    { title: 'The request’s headers are too large' },
    { title: 'En-têtes trop grands' },
  ),
  OVERLOADED: row(
    503,
    { title: 'Too busy right now', detail: 'Nothing was changed; try again shortly.' },
    { title: 'Trop occupé en ce moment', detail: 'Rien n’a été modifié ; réessayez bientôt.' },
  ),
  OUTCOME_UNKNOWN: row(
    503,
    {
      title: 'The outcome is not known yet',
      detail: 'Send the same command with the same key again; it takes effect once.',
    },
    {
      title: 'Le résultat n’est pas encore connu',
      detail: 'Renvoyez la même commande avec la même clé ; elle n’agit qu’une fois.',
    },
  ),
  INTERNAL: row(
    500,
    { title: 'Something went wrong on our side' },
    { title: 'Quelque chose a échoué de notre côté' },
  ),
}

export type ProblemCode = keyof typeof problems
