//! `fanlight import explo`, from one server to another.

mod few;
mod installation;
mod limited;
mod many;
mod unable;
