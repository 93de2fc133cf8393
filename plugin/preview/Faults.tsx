import type { ActiveFault, FaultDescription } from '@kymo/contract';
import { Button } from '@grafana/ui';
import { useEffect, useState } from 'react';
import { getBackendSrv } from './standin/runtime.js';

interface Simulation {
  readonly faults: readonly FaultDescription[];
  readonly active: readonly ActiveFault[];
}

const DURATION = '30s';
const LOOK = 2000;

/** In the demo, starts a fault; elsewhere there is nothing. */
export function Faults({ url }: { readonly url: string }) {
  const [simulation, setSimulation] = useState<Simulation>();
  const [chosen, setChosen] = useState('');
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let timer: number | undefined;
    let ended = false;
    const look = async (): Promise<void> => {
      try {
        setSimulation(await getBackendSrv().get<Simulation>(`${url}/api/simulate`));
      } catch (thrown) {
        // No demo: there will be none later either.
        if ((thrown as { status?: number }).status === 404) return;
      }
      if (!ended) timer = window.setTimeout(() => void look(), LOOK);
    };
    void look();
    return () => {
      ended = true;
      window.clearTimeout(timer);
    };
  }, [url]);
  if (simulation === undefined) return null;
  const fault = chosen === '' ? simulation.faults[0]?.name : chosen;
  const start = async (): Promise<void> => {
    try {
      await getBackendSrv().post(`${url}/api/simulate`, { fault, duration: DURATION });
      setProblem('');
    } catch (thrown) {
      setProblem(problemOf(thrown));
    }
  };
  const [active] = simulation.active;
  return (
    <>
      <select
        aria-label="Fault"
        value={fault}
        onChange={({ target }) => setChosen(target.value)}
        title={simulation.faults.find(({ name }) => name === fault)?.description}
      >
        {simulation.faults.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <Button
        size="sm"
        variant="secondary"
        icon="bolt"
        onClick={() => void start()}
        data-testid="kymo-fault"
      >
        Start fault
      </Button>
      <span role="status" data-testid="kymo-fault-state">
        {problem !== '' ? problem : active === undefined ? '' : `${active.name} runs`}
      </span>
    </>
  );
}

function problemOf(thrown: unknown): string {
  const { data } = thrown as { data?: { error?: string } };
  return data?.error ?? 'the exporter cannot be reached';
}
