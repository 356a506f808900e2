import type { CommentRow, TaskRow } from '@repo/schema/client';
import { useLiveQuery, useWrite } from '@vibestack/client/react';
import { useState } from 'react';
import { uuidv7 } from './uuid.ts';

type Detail = Pick<TaskRow, 'id' | 'title' | 'body' | 'due_on'> & { readonly project: string };
type CommentItem = Pick<CommentRow, 'id' | 'body' | 'created_at'> & { readonly author: string | null };

const TASK = `select t.id, t.title, t.body, t.due_on, p.name as project
  from task t join project p on p.id = t.project_id where t.id = $1`;

const COMMENTS = `
  select c.id, c.body, c.created_at, m.display_name as author
  from comment c left join member m on m.project_id = c.project_id and m.user_id = c.author_id
  where c.task_id = $1 order by c.created_at, c.id`;

interface TaskDetailProps {
  readonly taskId: string;
  readonly personId: string;
  readonly onClose: () => void;
}

export function TaskDetail({ taskId, personId, onClose }: TaskDetailProps) {
  const write = useWrite();
  const [task] = useLiveQuery<Detail>(TASK, [taskId]).rows;
  const { rows: comments } = useLiveQuery<CommentItem>(COMMENTS, [taskId]);
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
          void write({
            sql: 'insert into comment (id, task_id, author_id, body) values ($1, $2, $3, $4)',
            params: [uuidv7(), taskId, personId, body],
          });
        }}
      />
      <button
        type="button"
        className="danger"
        onClick={() => {
          onClose();
          void write(
            { sql: 'delete from comment where task_id = $1', params: [taskId] },
            { sql: 'delete from task where id = $1', params: [taskId] },
          );
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
