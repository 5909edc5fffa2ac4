/** The HTTP side of the simulated people. */
import http from 'k6/http'

export type Client = { url: string; token: string }

let count = 0
/** A key that also says when it was sent: whoever sees the event can tell how long it took. */
export const sentKey = (): string =>
  `load-${Date.now()}-${++count}-${Math.random().toString(36).slice(2, 10)}`
export const sentAt = (key: string | null): number =>
  Number(/^load-(\d+)-/.exec(key ?? '')?.[1] ?? Number.NaN)

export async function signIn(
  url: string,
  person: { company: string; email: string; password: string },
): Promise<Client> {
  const answer = await http.asyncRequest('POST', `${url}/api/v1/sessions`, JSON.stringify(person), {
    headers: { 'content-type': 'application/json' },
  })
  if (answer.status !== 201) throw new Error(`sign-in of ${person.email}: ${answer.status} ${answer.body}`)
  return { url, token: (answer.json() as { token: string }).token }
}

export function call(
  client: Client,
  method: string,
  path: string,
  body?: unknown,
  version?: number,
  key = sentKey(),
) {
  return http.asyncRequest(
    method,
    `${client.url}/api/v1${path}`,
    body === undefined ? null : JSON.stringify(body),
    {
      headers: {
        authorization: `Bearer ${client.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'GET' ? {} : { 'idempotency-key': key }),
        ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
      },
    },
  )
}

export async function ticketFor(client: Client): Promise<string> {
  const answer = await call(client, 'POST', '/socket-tickets', {})
  if (answer.status !== 201 && answer.status !== 200)
    throw new Error(`ticket: ${answer.status} ${answer.body}`)
  return (answer.json() as { ticket: string }).ticket
}
