import { expect, test } from 'vitest'
import { extent } from './extent.ts'
import { generateSwarm } from './generated-swarm.ts'
import { Rules } from './rules.ts'
import { SIMULATION_TIMEOUT_MS } from './simulated-swarm.ts'

const SWARMS = extent(200, 320)
/** What a player starts with; among peers that nobody knows, so much may come twice. */
const HEAD_BYTES = 2 * 1_048_576

test(
  `nothing forbidden happens in ${SWARMS} generated swarms, and every reader comes to its end`,
  async () => {
    for (let seed = 1; seed <= SWARMS; seed++) {
      const { swarm, readers, deadline } = generateSwarm(seed)
      const rules = new Rules(swarm)
      swarm.watcher = rules
      await swarm.run(deadline, () => readers.every((reader) => reader.isDone))
      const stuck = readers.filter((reader) => !reader.isDone).map(({ position }) => position)
      expect({ seed, stuck, violations: rules.violations }).toEqual({
        seed,
        stuck: [],
        violations: [],
      })
      // Between peers that contradict each other, only further copies decide.
      const isHonest = swarm.options.peers.every(({ lies }) => lies === undefined)
      const { receivedBytes, redundantBytes } = swarm.scheduler.stats()
      const isWasteful = isHonest && redundantBytes > HEAD_BYTES + 0.03 * receivedBytes
      expect({ seed, isWasteful }).toEqual({ seed, isWasteful: false })
      for (const reader of readers) swarm.close(reader)
      const { now } = swarm
      await swarm.run(now + 1)
      if (swarm.options.onDemand !== false) {
        expect({ seed, ...swarm.scheduler.stats() }).toMatchObject({ seed, outstandingBlocks: 0 })
      }
      await swarm.downloader.close()
      swarm.budget.close()
      const left = { appointments: swarm.clock.pending, wires: swarm.downloader.wires.size }
      expect({ seed, ...left }).toEqual({ seed, appointments: 0, wires: 0 })
      expect({ seed, violations: rules.violations }).toEqual({ seed, violations: [] })
    }
  },
  SIMULATION_TIMEOUT_MS,
)
