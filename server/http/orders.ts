/** Orders: lists, records, their acts, and the sum of their clock. */
import { Type } from 'typebox'
import { actOnOrder, type OrderAct } from '../application/act-on-order.ts'
import { createOrder } from '../application/create-order.ts'
import { orderSlaSum } from '../application/read-order.ts'
import { deleteOrder, updateOrder } from '../application/update-order.ts'
import { closed, Id, InstantText, Priority, Version } from '../contract/common.ts'
import {
  ChangeStageBody,
  OrderCreate,
  OrderLineCreate,
  OrderPatch,
  OrderSlaSum,
  OrderView,
  ReasonedBody,
  SlaActBody,
  SlaStatus,
} from '../contract/order.ts'
import { listOf } from '../contract/records.ts'
import { allow, found, seen } from './allow.ts'
import { expectedVersion } from './command.ts'
import type { HttpDeps } from './deps.ts'
import { type Ask, type Endpoint, endpoint } from './endpoint.ts'
import type { Inside } from './endpoints.ts'
import { listing, listQuery, pageOf } from './lists.ts'

const orderSorts = ['dueAt', 'createdAt', 'serviceDateTime', 'number', 'priority']

const OrderListQuery = listQuery(orderSorts, {
  externalId: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  number: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
  slaStatus: Type.Optional(SlaStatus),
  dueBefore: Type.Optional(InstantText),
  stageId: Type.Optional(Id),
  customerId: Type.Optional(Id),
  agreementId: Type.Optional(Id),
  priority: Type.Optional(Priority),
  progress: Type.Optional(
    Type.Union([Type.Literal('inProcess'), Type.Literal('posted'), Type.Literal('canceled')]),
  ),
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 120,
      description: 'In description, number, external id, customer',
    }),
  ),
})

const AddLineBody = Type.Object({ line: OrderLineCreate, expectedVersion: Type.Optional(Version) }, closed)
const LineActBody = Type.Object({ expectedVersion: Type.Optional(Version) }, closed)

const orderTag = { tag: 'orders' } as const

export function orderEndpoints(deps: HttpDeps, { run }: Inside): readonly Endpoint[] {
  const { reading, commands } = deps
  const act = (
    path: string,
    id: string,
    summary: string,
    body:
      | typeof ReasonedBody
      | typeof ChangeStageBody
      | typeof SlaActBody
      | typeof AddLineBody
      | typeof LineActBody,
    actOf: (ask: Ask<unknown, Record<string, unknown>>) => OrderAct,
    bodyOptional = true,
  ): Endpoint =>
    endpoint({
      ...orderTag,
      method: 'POST',
      path: `/orders/{id}/${path}`,
      id,
      summary,
      command: 'existing',
      body,
      bodyOptional,
      replies: { 200: OrderView },
      handle: (ask) => {
        const expected = expectedVersion(ask)
        // The body has just passed the schema that this act was described with.
        const asked = actOf(ask as Ask<unknown, Record<string, unknown>>)
        return run(ask, (tx) =>
          actOnOrder(tx, { orderId: ask.params.id ?? '', expectedVersion: expected, act: asked }),
        )
      },
    })
  /** The act's own facts, without the precondition. */
  const facts = (body: Record<string, unknown>): Record<string, unknown> => {
    const { expectedVersion: _expected, ...rest } = body
    return rest
  }
  // Each body schema has exactly the members of its act, so type and facts together are that act.
  const named =
    (type: OrderAct['type']) =>
    (ask: Ask<unknown, Record<string, unknown>>): OrderAct =>
      ({ ...facts(ask.body), type }) as OrderAct

  return [
    endpoint({
      ...orderTag,
      method: 'GET',
      path: '/orders',
      id: 'listOrders',
      summary: 'Orders, the soonest due first',
      query: OrderListQuery,
      replies: { 200: listOf(OrderView) },
      async handle(ask) {
        allow(ask, 'order-read')
        const { limit: _l, cursor: _c, sort: _s, ...filters } = ask.query
        return {
          status: 200,
          body: await listing(() => reading.orders(ask.caller, { ...pageOf(ask.query), ...filters })),
        }
      },
    }),
    endpoint({
      ...orderTag,
      method: 'POST',
      path: '/orders',
      id: 'createOrder',
      summary: 'Open an order',
      command: 'new',
      body: OrderCreate,
      replies: { 201: OrderView },
      handle: (ask) => run(ask, (tx) => createOrder(tx, ask.body)),
    }),
    endpoint({
      ...orderTag,
      method: 'GET',
      path: '/orders/{id}',
      id: 'getOrder',
      summary: 'One order',
      replies: { 200: OrderView },
      async handle(ask) {
        allow(ask, 'order-read')
        const order = seen(await reading.order(ask.caller, ask.params.id ?? ''))
        return { status: 200, body: order, headers: { etag: `"${order.version}"` } }
      },
    }),
    endpoint({
      ...orderTag,
      method: 'PATCH',
      path: '/orders/{id}',
      id: 'updateOrder',
      summary: 'Change an order’s header',
      command: 'existing',
      body: OrderPatch,
      replies: { 200: OrderView },
      handle: (ask) => {
        const expected = expectedVersion(ask)
        const { expectedVersion: _expected, ...patch } = ask.body
        return run(ask, (tx) =>
          updateOrder(tx, { orderId: ask.params.id ?? '', expectedVersion: expected, patch }),
        )
      },
    }),
    endpoint({
      ...orderTag,
      method: 'DELETE',
      path: '/orders/{id}',
      id: 'deleteOrder',
      summary: 'Delete an order, where its stage allows it',
      command: 'existing',
      replies: { 204: null },
      handle: (ask) => {
        const expected = expectedVersion(ask)
        return run(ask, (tx) => deleteOrder(tx, { orderId: ask.params.id ?? '', expectedVersion: expected }))
      },
    }),
    endpoint({
      ...orderTag,
      method: 'GET',
      path: '/orders/{id}/sla',
      id: 'getOrderSla',
      summary: 'The order’s clock: every target with the intervals that were counted',
      replies: { 200: OrderSlaSum },
      async handle(ask) {
        allow(ask, 'order-read')
        const id = ask.params.id ?? ''
        seen(await reading.order(ask.caller, id))
        return {
          status: 200,
          body: found(await commands.read(ask.caller.companyId, (tx) => orderSlaSum(tx, id))),
        }
      },
    }),
    act(
      'change-stage',
      'changeOrderStage',
      'Move to a child stage or back to the parent',
      ChangeStageBody,
      named('change-stage'),
      false,
    ),
    act('cancel', 'cancelOrder', 'Cancel', ReasonedBody, named('cancel')),
    act('revoke', 'revokeOrder', 'Take a cancellation back', ReasonedBody, named('revoke')),
    act('sign-off', 'signOffOrder', 'Sign off', ReasonedBody, named('sign-off')),
    act('undo-sign-off', 'undoOrderSignOff', 'Take a sign-off back', ReasonedBody, named('undo-sign-off')),
    act('post', 'postOrder', 'Post the order’s lines', ReasonedBody, named('post')),
    act('sla/start', 'startOrderSla', 'Start the clock', SlaActBody, named('sla-start')),
    act('sla/stop', 'stopOrderSla', 'Stop the clock', SlaActBody, named('sla-stop')),
    act('sla/cancel', 'cancelOrderSla', 'Cancel the SLA', SlaActBody, named('sla-cancel')),
    act('lines', 'addOrderLine', 'Add a line', AddLineBody, named('add-line'), false),
    act('lines/{lineId}/cancel', 'cancelOrderLine', 'Cancel a line', LineActBody, (ask) => ({
      type: 'cancel-line',
      lineId: ask.params.lineId ?? '',
    })),
    act(
      'lines/{lineId}/revoke',
      'revokeOrderLine',
      'Take a line’s cancellation back',
      LineActBody,
      (ask) => ({
        type: 'revoke-line',
        lineId: ask.params.lineId ?? '',
      }),
    ),
  ]
}
