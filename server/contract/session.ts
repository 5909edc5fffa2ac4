/** Signing in and who is signed in. A token is shown once, at sign-in; later answers never repeat it. */
import { type Static, Type } from 'typebox'
import { closed, Id, InstantText, Nullable, Role } from './common.ts'

export const SignInBody = Type.Object(
  {
    company: Type.String({ minLength: 1, maxLength: 120, description: 'Code or name of the company' }),
    email: Type.String({ minLength: 1, maxLength: 254 }),
    password: Type.String({ minLength: 1, maxLength: 256 }),
  },
  { $id: 'SignIn', ...closed },
)
export type SignInBody = Static<typeof SignInBody>

export const SessionUser = Type.Object(
  {
    id: Id,
    email: Type.String(),
    name: Type.String(),
    role: Role,
    technicianId: Nullable(Id),
    customerId: Nullable(Id),
    monitoredTeamIds: Type.Array(Id),
    language: Type.Union([Type.Literal('en'), Type.Literal('fr')]),
  },
  { $id: 'SessionUser', ...closed },
)
export type SessionUser = Static<typeof SessionUser>

export const SessionCompany = Type.Object(
  { id: Id, name: Type.String(), timeZone: Type.String() },
  { $id: 'SessionCompany', ...closed },
)

export const SessionView = Type.Object(
  { user: SessionUser, company: SessionCompany, expiresAt: InstantText },
  { $id: 'Session', ...closed },
)
export type SessionView = Static<typeof SessionView>

export const SignInAnswer = Type.Object(
  { token: Type.String(), ...SessionView.properties },
  { $id: 'SignedIn', ...closed },
)
export type SignInAnswer = Static<typeof SignInAnswer>
