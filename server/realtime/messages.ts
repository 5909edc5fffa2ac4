/** What a client may say, checked strictly: unknown members, wrong types and bad instants are refused, never guessed. */
import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { Ack, InboxSubscribe, PresenceMessage, Subscribe, Unsubscribe } from '../contract/live.ts'

type Message = {
  subscribe: Subscribe
  ack: Static<typeof Ack>
  unsubscribe: Static<typeof Unsubscribe>
  presence: Static<typeof PresenceMessage>
  inbox: Static<typeof InboxSubscribe>
}

/** Something said, told apart by its name. */
export type Said = {
  [Name in keyof Message]: { readonly name: Name; readonly payload: Message[Name] }
}[keyof Message]

const validators = {
  subscribe: Compile(Subscribe),
  ack: Compile(Ack),
  unsubscribe: Compile(Unsubscribe),
  presence: Compile(PresenceMessage),
  inbox: Compile(InboxSubscribe),
}

/** The message, or a sentence on what is wrong with it that does not repeat it. */
export function readMessage(name: string, payload: unknown): Said | { readonly fault: string } {
  if (!isName(name)) return { fault: 'there is no such message' }
  const validator = validators[name]
  if (!validator.Check(payload)) {
    const fault = validator.Errors(payload)[0]
    return {
      fault: fault
        ? `${fault.instancePath || 'the message'} ${fault.message}`.slice(0, 200)
        : 'not understood',
    }
  }
  // The validator of this very name has checked the payload; the compiler cannot follow a look-up by name.
  return { name, payload } as Said
}

const isName = (name: string): name is keyof Message => Object.hasOwn(validators, name)
