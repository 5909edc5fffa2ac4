import { Type } from 'typebox'
import { expect, it } from 'vitest'
import { type Components, forDocument, plainSchema } from './schema.ts'

it('names shared schemas once and refers to them', () => {
  const Place = Type.Object({ lat: Type.Number() }, { $id: 'Place' })
  const components: Components = new Map()
  const schema = plainSchema(Type.Object({ a: Place, b: Type.Optional(Place) }), components)
  expect(schema).toEqual({
    type: 'object',
    properties: { a: { $ref: 'Place#' }, b: { $ref: 'Place#' } },
    required: ['a'],
  })
  expect([...components.keys()]).toEqual(['Place'])
  expect(forDocument(schema)).toMatchObject({ properties: { a: { $ref: '#/components/schemas/Place' } } })
})

it('writes unions so that a refusal can name the one field that is wrong', () => {
  const plain = (schema: Parameters<typeof plainSchema>[0]) => plainSchema(schema, new Map())
  expect(plain(Type.Union([Type.Literal('a'), Type.Literal('b')]))).toEqual({
    type: 'string',
    enum: ['a', 'b'],
  })
  expect(plain(Type.Union([Type.String({ maxLength: 3 }), Type.Null()]))).toEqual({
    type: ['string', 'null'],
    maxLength: 3,
  })
  expect(plain(Type.Union([Type.Union([Type.Literal('a'), Type.Literal('b')]), Type.Null()]))).toEqual({
    type: ['string', 'null'],
    enum: ['a', 'b', null],
  })
  expect(
    plain(
      Type.Union([
        Type.Object({ type: Type.Literal('x') }),
        Type.Object({ type: Type.Literal('y'), n: Type.Integer() }),
      ]),
    ),
  ).toMatchObject({ discriminator: { propertyName: 'type' }, oneOf: [{}, { required: ['type', 'n'] }] })
})
