import { TaskSql } from '@repo/schema/client';
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
        void write(TaskSql.insert({ id: uuidv7(), project_id: projectId, title: title.trim() }));
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
