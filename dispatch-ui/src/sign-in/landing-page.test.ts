import { expect, it } from 'vitest'
import { landingPage } from './landing-page.ts'

it.each([
  ['dispatcher', null, '/board'],
  ['technician', null, '/technician'],
  ['manager', '/wall', '/wall'],
  ['manager', '/board?board=x', '/board?board=x'],
  ['manager', '//elsewhere.example/board', '/board'],
  ['manager', '/\\elsewhere.example', '/board'],
  ['manager', 'https://elsewhere.example', '/board'],
  ['manager', '/sign-in?next=/sign-in', '/board'],
])('sends a %s who asked for %s to %s', (role, next, expected) => {
  expect(landingPage(role, next)).toBe(expected)
})
