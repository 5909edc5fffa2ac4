/** The six roles. A consultant is a technician for intangible objects and shares that role. */
export const roles = [
  'manager',
  'dispatcher',
  'technician',
  'customer-service',
  'customer',
  'administrator',
] as const
export type Role = (typeof roles)[number]
