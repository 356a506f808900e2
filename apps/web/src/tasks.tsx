import { sql } from '@repo/schema/client';
import type { RowOf } from '@vibestack/client';
import { useLiveQuery, useSyncStatus } from '@vibestack/client/react';
import { NewTask } from './new-task.tsx';
import { TaskItem } from './task-item.tsx';

const shownTasks = sql(`
  select t.id, t.title, t.status, t.priority, t.due_on, t.project_id,
         p.name as project, p.color, m.display_name as assignee
  from task t
    join project p on p.id = t.project_id
    left join member m on m.project_id = t.project_id and m.user_id = t.assignee_id
  where :project?::uuid is null or t.project_id = :project?::uuid
  order by t.status = 'done', t.created_at desc, t.id
  limit 200`);

const countTasks = sql(
  'select count(*)::int as n from task where :project?::uuid is null or project_id = :project?::uuid',
);

export type TaskListItem = RowOf<typeof shownTasks>;

interface TasksProps {
  readonly projectId: string | null;
  readonly selected: string | null;
  readonly onSelect: (id: string) => void;
}

export function Tasks({ projectId, selected, onSelect }: TasksProps) {
  const { rows, status, error } = useLiveQuery(shownTasks, { project: projectId });
  const { rows: counts } = useLiveQuery(countTasks, { project: projectId });
  const total = counts[0]?.n ?? 0;
  return (
    <main className="tasks">
      {projectId !== null && <NewTask projectId={projectId} />}
      {error && <p role="alert">{error.message}</p>}
      <p className="count" data-testid="task-count" data-count={total}>
        {total > rows.length ? `${rows.length} of ${total.toLocaleString()} tasks` : `${total} tasks`}
      </p>
      {rows.length === 0 && status !== 'error' && <Nothing loading={status === 'loading'} />}
      <ul data-testid="tasks">
        {rows.map((task) => (
          <TaskItem
            key={task.id}
            task={task}
            selected={task.id === selected}
            onSelect={onSelect}
            showProject={projectId === null}
          />
        ))}
      </ul>
    </main>
  );
}

function Nothing({ loading }: { readonly loading: boolean }) {
  const { phase } = useSyncStatus();
  if (phase === 'another_tab')
    return <p className="nothing">VibeStack is open in another tab. Close it to go on here.</p>;
  const waiting = loading || phase === 'opening' || phase === 'connecting' || phase === 'downloading';
  return <p className="nothing">{waiting ? 'Your tasks are on their way …' : 'Nothing to do here.'}</p>;
}
