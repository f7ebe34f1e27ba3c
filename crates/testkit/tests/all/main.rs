//! Stories in one process: a module is one folder and one line; time moves by hand.

mod guestbook;
