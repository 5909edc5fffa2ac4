import { expect, it } from 'vitest'
import { typeNameOf } from './type-names.ts'

const type = { id: 't', code: 'HEAT', description: '' }

it.each([
  [{ ...type, description: 'Tree emergency' }, 'Tree emergency', 'Tree', 'TE'],
  [{ ...type, description: 'No heat or water' }, 'No heat or water', 'Heat', 'HW'],
  [{ ...type, description: 'Pothole' }, 'Pothole', 'Pothole', 'PO'],
  [{ ...type, description: 'Pothole', shortName: 'Hole' }, 'Pothole', 'Hole', 'PO'],
  [type, 'HEAT', 'HEAT', 'HE'],
])(
  'names a type by its own words, in short by the first that tells something: %o',
  (record, full, short, code) => {
    expect(typeNameOf(record)).toEqual({ full, short, code })
  },
)
