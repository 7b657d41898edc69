//! Whether every state leads to rest: a search backwards from the states of rest.
//!
//! A model checker that looks forwards cannot tell a cycle from two ways that join, and so misses a
//! job that circles for ever. Here rest must be in reach of every reachable state, by steps that
//! need neither a client nor trouble. So, once trouble ends, a world in which everything that stays
//! possible again and again is done at some time comes to rest.

use std::collections::HashMap;

use stateright::Model;

use crate::action::{Action, Cause};
use crate::protocol::Protocol;
use crate::world::World;

/// All reachable states.
pub(crate) struct Space {
    states: Vec<World>,
    /// How each state was first reached: from which state, by which action. The first state was not
    /// reached from any.
    origins: Vec<Option<(u32, Action)>>,
    /// Steps from state to state that need no help.
    progress: Vec<(u32, u32)>,
}

impl Space {
    /// Visits every reachable state, the nearest first.
    pub(crate) fn explore(protocol: &Protocol) -> Self {
        let start = World::new(protocol.budget);
        let mut numbers = HashMap::from([(start.clone(), 0)]);
        let mut space = Self {
            states: vec![start],
            origins: vec![None],
            progress: Vec::new(),
        };
        let mut actions = Vec::new();
        let mut next = 0;
        while let Some(world) = space.states.get(next).cloned() {
            let from = number(next);
            protocol.actions(&world, &mut actions);
            for action in actions.drain(..) {
                let Some(reached) = protocol.next_state(&world, action) else {
                    continue;
                };
                let to = *numbers.entry(reached).or_insert_with_key(|reached| {
                    space.states.push(reached.clone());
                    space.origins.push(Some((from, action)));
                    number(space.states.len() - 1)
                });
                if action.cause() == Cause::Progress {
                    space.progress.push((from, to));
                }
            }
            next += 1;
        }
        space
    }

    /// The shortest way to a state from which rest cannot be reached without help.
    pub(crate) fn stranding(&self) -> Option<Vec<Action>> {
        let into = Predecessors::new(self.states.len(), &self.progress);
        let mut leads_to_rest: Vec<bool> = self
            .states
            .iter()
            .map(|world| world.is_settled() && world.is_quiet())
            .collect();
        let mut open: Vec<u32> = (0..number(self.states.len()))
            .filter(|&state| leads_to_rest[index(state)])
            .collect();
        while let Some(state) = open.pop() {
            for &before in into.of(state) {
                if !leads_to_rest[index(before)] {
                    leads_to_rest[index(before)] = true;
                    open.push(before);
                }
            }
        }
        let stranded = leads_to_rest.iter().position(|leads| !leads)?;
        Some(self.way_to(number(stranded)))
    }

    fn way_to(&self, mut state: u32) -> Vec<Action> {
        let mut way = Vec::new();
        while let Some((from, action)) = self.origins[index(state)] {
            way.push(action);
            state = from;
        }
        way.reverse();
        way
    }
}

/// For each state, the states one step before it: all in one list, ordered by the state they lead
/// to.
struct Predecessors {
    starts: Vec<u32>,
    states: Vec<u32>,
}

impl Predecessors {
    fn new(states: usize, steps: &[(u32, u32)]) -> Self {
        let mut starts = vec![0; states + 1];
        for &(_, to) in steps {
            starts[index(to) + 1] += 1;
        }
        for state in 0..states {
            starts[state + 1] += starts[state];
        }
        let mut free = starts.clone();
        let mut list = vec![0; steps.len()];
        for &(from, to) in steps {
            list[index(free[index(to)])] = from;
            free[index(to)] += 1;
        }
        Self {
            starts,
            states: list,
        }
    }

    fn of(&self, state: u32) -> &[u32] {
        &self.states[index(self.starts[index(state)])..index(self.starts[index(state) + 1])]
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 states")
}

fn index(number: u32) -> usize {
    number as usize
}
