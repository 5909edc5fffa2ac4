/**
 * The demo company `none`: ready for work, with one board, a team of ten and no orders.
 */
import type { BoardPolicy } from '../../contract/policy.ts'
import { trades } from '../../domain/import/trade.ts'
import { type DemoUser, office, type Put, writeCommon, writeUsers } from './company.ts'

const tenNames = [
  'Ann Brook',
  'Bo Dale',
  'Cleo Elm',
  'Dev Field',
  'Eva Grove',
  'Finn Heath',
  'Gita Isle',
  'Hugo Lane',
  'Ines Oakes',
  'Jon Pike',
]

const cityUsers = (): DemoUser[] => [
  ...office('city', 'city.example'),
  ...tenNames.map(
    (name, i): DemoUser => ({
      id: `city-tech${i + 1}`,
      email: `tech${i + 1}@city.example`,
      name,
      role: 'technician',
      technicianId: `city-t${i + 1}`,
    }),
  ),
]

export const city = {
  id: 'city',
  code: 'city',
  name: 'City services',
  board: 'city-board',
  boardName: 'City',
  policy: {} satisfies BoardPolicy,
  users: cityUsers,
  async write(put: Put, passwordHash: string): Promise<void> {
    await writeCommon(put, city)
    await put('team', { id: 'city-field', code: 'FIELD', description: 'Field team', board_id: city.board })
    const skills = [...new Set(Object.values(trades).map((trade) => trade.skill))]
    for (const [i, name] of tenNames.entries()) {
      await put('technician', {
        id: `city-t${i + 1}`,
        code: `T${i + 1}`,
        name,
        team_id: 'city-field',
        calendar_id: 'city-field',
        // Each of the city's trades is known by four of the ten.
        skills: skills
          .filter((_, s) => (s + i) % 10 < 4 || s === 10 - i)
          .map((skill) => ({ skill, level: 2 })),
        email: `tech${i + 1}@city.example`,
      })
    }
    for (const trade of Object.values(trades)) {
      await put('activity_type', {
        id: `city-${trade.skill}`,
        code: trade.skill.toUpperCase(),
        description: `${trade.skill[0]?.toUpperCase()}${trade.skill.slice(1)} visit`,
        default_minutes: trade.minutes,
        required_skills: [{ skill: trade.skill, level: 1 }],
      })
    }
    await put('sla', {
      id: 'city-4h',
      code: '4H',
      description: 'Four hours, around the clock',
      hours: 4,
      clock_mode: 'wall',
      start_alignment: 'none',
    })
    await put('sla', {
      id: 'city-8w',
      code: '8W',
      description: 'Eight working hours',
      hours: 8,
      calendar_id: 'city-wk',
      clock_mode: 'working',
      start_alignment: 'open',
    })
    await put('customer', { id: 'city-residents', code: 'RESIDENTS', name: 'Residents of the city' })
    await put('project', {
      id: 'city-requests',
      code: 'REQUESTS',
      name: 'Service requests',
      customer_id: 'city-residents',
    })
    await put('agreement_group', {
      id: 'city-standard',
      code: 'STANDARD',
      description: 'Standard service',
      sla_id: 'city-8w',
    })
    await put('agreement', {
      id: 'city-urgent',
      code: 'URGENT',
      description: 'Urgent requests',
      project_id: 'city-requests',
      customer_id: 'city-residents',
      group_id: 'city-standard',
      start_date: '2020-01-01',
      sla_id: 'city-4h',
    })
    await put('agreement', {
      id: 'city-ordinary',
      code: 'ORDINARY',
      description: 'Ordinary requests',
      project_id: 'city-requests',
      customer_id: 'city-residents',
      group_id: 'city-standard',
      start_date: '2020-01-01',
    })
    await writeUsers(put, cityUsers(), ['city-field'], passwordHash)
  },
}
