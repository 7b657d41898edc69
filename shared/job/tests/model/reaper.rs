//! What the reaper does with a dead letter.

use job::Change;
use job::protocol::{DeadLetter, dead_letter, may_be_continued};

use crate::item::{NOW, failure};
use crate::protocol::Protocol;
use crate::rules::Rule;
use crate::world::World;

impl Protocol {
    /// Looks at a letter and decides; a burial is a step of its own.
    pub(crate) fn look_at_dead_letter(&self, world: &mut World, generation: u8) {
        let found = world.found();
        let is_young = world.sender_is_under_way(generation);
        let named = self.generation_named(world, generation);
        let is_live = world.item.is_some_and(|item| !item.is_final());
        let is_next_step = may_be_continued(found.as_ref(), named, NOW);
        let verdict = match dead_letter(found.as_ref(), named, is_young, NOW) {
            DeadLetter::Keep if is_next_step && !self.keeps(Rule::ReaperKeepsLetterOfNextStep) => {
                DeadLetter::Settled
            }
            DeadLetter::Keep if is_young && !self.keeps(Rule::ReaperKeepsYoungLetter) => {
                DeadLetter::Settled
            }
            DeadLetter::Keep if is_live && !self.keeps(Rule::ReaperKeepsLetterOfRunningJob) => {
                DeadLetter::Settled
            }
            verdict => verdict,
        };
        match verdict {
            DeadLetter::Keep => {}
            DeadLetter::Bury => world.reaper = Some(generation),
            DeadLetter::Settled => {
                world.dead_letters[usize::from(generation)] -= 1;
                self.purge_if_gone(world);
            }
        }
    }

    /// Ends the job as failed, if it still is as the reaper found it.
    pub(crate) fn bury(&self, world: &mut World) {
        let Some(generation) = world.reaper.take() else {
            return;
        };
        let buried = world.write(&Change::Bury {
            generation: self.generation_named(world, generation),
            now: NOW,
            failure: failure(),
        });
        // A refused one stays, to be looked at again.
        if buried {
            world.dead_letters[usize::from(generation)] -= 1;
        }
    }
}
