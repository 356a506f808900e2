import { useState } from 'react';
import { Avatar } from './avatar.tsx';
import { Projects } from './projects.tsx';
import { Rejections } from './rejections.tsx';
import type { Person } from './session.ts';
import { StatusPill } from './status-pill.tsx';
import { TaskDetail } from './task-detail.tsx';
import { Tasks } from './tasks.tsx';

export function Workspace({ person, onSignOut }: { readonly person: Person; readonly onSignOut: () => void }) {
  const [projectId, setProjectId] = useState<string | null>(null);
  const [taskId, setTaskId] = useState<string | null>(null);
  return (
    <div className="workspace" data-task-open={taskId !== null}>
      <header>
        <img src="/icon.svg" alt="" width="24" height="24" />
        <strong>VibeStack</strong>
        <StatusPill />
        <button type="button" className="me" onClick={onSignOut} title="Sign out; the data stays in this browser">
          <Avatar name={person.name} color={person.color} />
          <span>{person.name}</span>
        </button>
      </header>
      <Rejections />
      <Projects
        selected={projectId}
        onSelect={(id) => {
          setProjectId(id);
          setTaskId(null);
        }}
      />
      <Tasks projectId={projectId} selected={taskId} onSelect={setTaskId} />
      {taskId !== null && (
        <TaskDetail
          key={taskId}
          taskId={taskId}
          personId={person.id}
          onClose={() => {
            setTaskId(null);
          }}
        />
      )}
    </div>
  );
}
