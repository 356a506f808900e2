import { CommentSql, TaskSql, sql } from '@repo/schema/client';
import { useLiveQuery, useWrite } from '@vibestack/client/react';
import { useState } from 'react';
import { uuidv7 } from './uuid.ts';

const taskById = sql(`
  select t.id, t.title, t.body, t.due_on, p.name as project
  from task t join project p on p.id = t.project_id where t.id = :task`);

const commentsOfTask = sql(`
  select c.id, c.body, c.created_at, m.display_name as author
  from comment c left join member m on m.project_id = c.project_id and m.user_id = c.author_id
  where c.task_id = :task order by c.created_at, c.id`);

const deleteComments = sql('delete from comment where task_id = :task');

interface TaskDetailProps {
  readonly taskId: string;
  readonly personId: string;
  readonly onClose: () => void;
}

export function TaskDetail({ taskId, personId, onClose }: TaskDetailProps) {
  const write = useWrite();
  const [task] = useLiveQuery(taskById, { task: taskId }).rows;
  const { rows: comments } = useLiveQuery(commentsOfTask, { task: taskId });
  if (!task) return null;
  return (
    <aside className="detail" aria-label={task.title}>
      <header>
        <small>{task.project}</small>
        <button type="button" onClick={onClose} aria-label="Close">
          ×
        </button>
      </header>
      <h2>{task.title}</h2>
      {task.body !== null && <p>{task.body}</p>}
      {task.due_on !== null && <p className="due">Due {task.due_on}</p>}
      <h3>Comments</h3>
      <ol data-testid="comments">
        {comments.map(({ id, body, author, created_at }) => (
          <li key={id}>
            <strong>{author ?? 'Somebody'}</strong> <small>{created_at.slice(0, 16)}</small>
            <p>{body}</p>
          </li>
        ))}
      </ol>
      <NewComment
        onSave={(body) => {
          void write(CommentSql.insert({ id: uuidv7(), task_id: taskId, author_id: personId, body }));
        }}
      />
      <button
        type="button"
        className="danger"
        onClick={() => {
          onClose();
          void write(deleteComments.bind({ task: taskId }), TaskSql.delete({ id: taskId }));
        }}
      >
        Delete task
      </button>
    </aside>
  );
}

function NewComment({ onSave }: { readonly onSave: (body: string) => void }) {
  const [body, setBody] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (body.trim() === '') return;
        onSave(body.trim());
        setBody('');
      }}
    >
      <input
        value={body}
        onChange={(event) => {
          setBody(event.target.value);
        }}
        maxLength={10_000}
        placeholder="Say something …"
        aria-label="New comment"
      />
    </form>
  );
}
