import { Button, ConfirmModal } from '@grafana/ui';
import { useState } from 'react';
import type { RulesDoor } from '../../shared/rules-door.js';
import { testIds } from '../../shared/test-ids.js';
import { messageOf, say } from '../say.js';

interface DeleteRuleProps {
  readonly door: RulesDoor;
  readonly id: string;
  readonly name: string;
  readonly onDeleted: () => void;
}

/** Takes a rule out, when it has been asked whether that is meant. */
export function DeleteRule({ door, id, name, onDeleted }: DeleteRuleProps) {
  const [asking, setAsking] = useState(false);
  const act = async (): Promise<void> => {
    setAsking(false);
    try {
      await door.delete(id);
    } catch (thrown) {
      return say('alert-error', `${name} was not deleted`, messageOf(thrown));
    }
    say('alert-success', `${name} is deleted`);
    onDeleted();
  };
  return (
    <>
      <Button
        size="sm"
        variant="destructive"
        fill="outline"
        icon="trash-alt"
        data-testid={testIds.ruleDelete}
        onClick={() => setAsking(true)}
      >
        Delete
      </Button>
      <ConfirmModal
        isOpen={asking}
        title={`Delete ${name}?`}
        body="It is taken out of the exporter for good. What it alerts on now is resolved."
        confirmText="Delete"
        onConfirm={() => void act()}
        onDismiss={() => setAsking(false)}
      />
    </>
  );
}
