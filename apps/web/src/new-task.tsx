import { useWrite } from '@vibestack/client/react';
import { useState } from 'react';
import { uuidv7 } from './uuid.ts';

export function NewTask({ projectId }: { readonly projectId: string }) {
  const write = useWrite();
  const [title, setTitle] = useState('');
  return (
    <form
      className="new-task"
      onSubmit={(event) => {
        event.preventDefault();
        if (title.trim() === '') return;
        setTitle('');
        void write({
          sql: 'insert into task (id, project_id, title) values ($1, $2, $3)',
          params: [uuidv7(), projectId, title.trim()],
        });
      }}
    >
      <input
        value={title}
        onChange={(event) => {
          setTitle(event.target.value);
        }}
        maxLength={500}
        placeholder="Add a task …"
        aria-label="New task"
      />
    </form>
  );
}
